namespace LlmPlatform.Recipes.Data;

/// <summary>Reads documents of one form from a data set's folder.</summary>
internal static class TextDocuments
{
    public static IEnumerable<TextDocument> Read(string dataFolder, string folder, string source) => GzippedRows.Read(
        dataFolder,
        folder,
        source,
        row => new TextDocument(
            row.GetProperty("source").GetString() ?? "",
            row.GetProperty("path").GetString() ?? "",
            row.GetProperty("title").GetString() ?? "",
            (row.GetProperty("text").GetString() ?? "").Normalize()));
}
