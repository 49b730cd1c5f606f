namespace LlmPlatform.Retrieval.Documents.Pdf.Layout;

/// <summary>An entry of a document's outline.</summary>
/// <param name="Title">What it says.</param>
/// <param name="Level">How deep it stands, from 1.</param>
/// <param name="Page">The page that it leads to, from 1; null: none, or another document's.</param>
internal sealed record OutlineEntry(string Title, int Level, int? Page);
