using Markdig.Helpers;

namespace LlmPlatform.Retrieval.Documents.Markdown;

/// <summary>The lines "name: value" between the marks --- at the beginning of a source.</summary>
internal sealed record MarkdownFrontMatter(string? Title, string? Author)
{
    public static MarkdownFrontMatter None { get; } = new(null, null);

    public static MarkdownFrontMatter Read(StringLineGroup lines)
    {
        MarkdownFrontMatter result = None;
        for (int i = 0; i < lines.Count; i++)
        {
            string line = lines.Lines[i].Slice.ToString();
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            string value = colon < 0 ? "" : Unquote(line[(colon + 1)..].Trim());
            if (value.Length == 0)
            {
                continue;
            }

            result = line[..colon] switch
            {
                "title" => result with { Title = value },
                "author" => result with { Author = value },
                _ => result,
            };
        }

        return result;
    }

    private static string Unquote(string value)
    {
        bool quoted = value.Length >= 2 && value[0] == value[^1] && value[0] is '"' or '\'';
        return !quoted ? value : value[0] == '"'
            ? value[1..^1].Replace("\\\"", "\"", StringComparison.Ordinal)
            : value[1..^1].Replace("''", "'", StringComparison.Ordinal);
    }
}
