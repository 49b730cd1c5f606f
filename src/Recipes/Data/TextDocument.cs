namespace LlmPlatform.Recipes.Data;

/// <summary>A document in plain text: a blank line parts paragraphs, headings are paragraphs of their own.</summary>
/// <param name="Source">The repository.</param>
/// <param name="Path">The file in it.</param>
/// <param name="Title">Its title.</param>
/// <param name="Text">All of it.</param>
public sealed record TextDocument(string Source, string Path, string Title, string Text)
{
    /// <summary>The paragraphs, headings among them, without the blanks around them.</summary>
    public IEnumerable<string> Paragraphs() =>
        Text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
