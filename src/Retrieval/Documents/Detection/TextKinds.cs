using System.Text.Json;

namespace LlmPlatform.Retrieval.Documents.Detection;

/// <summary>Which kind of text a text is: its own marks first, then the name.</summary>
internal static class TextKinds
{
    private const int FewestLines = 2;
    private const int MostLines = 100;

    /// <summary>The kind; null for a mail message, which is not read.</summary>
    /// <param name="text">The text, or its beginning.</param>
    /// <param name="extension">The name's, in lower case, with its dot; may be empty.</param>
    public static string? Detect(string text, string extension)
    {
        if (MailHeader.Begins(text))
        {
            return null;
        }

        return IsHtmlPage(text) ? DocumentKinds.Html : extension switch
        {
            ".md" or ".markdown" or ".mdx" or ".mkd" => DocumentKinds.Markdown,
            ".html" or ".htm" or ".xhtml" => DocumentKinds.Html,
            ".csv" or ".tsv" or ".tab" => DocumentKinds.Csv,
            ".jsonl" or ".ndjson" or ".json" => DocumentKinds.Jsonl,
            _ when IsTabTable(text) => DocumentKinds.Csv,
            _ when IsJsonLines(text) => DocumentKinds.Jsonl,
            _ => DocumentKinds.Text,
        };
    }

    // A page begins with its document type or its outermost element, behind comments and an XML declaration.
    private static bool IsHtmlPage(string text)
    {
        ReadOnlySpan<char> rest = text.AsSpan().TrimStart();
        while (rest.StartsWith("<!--", StringComparison.Ordinal) || rest.StartsWith("<?xml", StringComparison.Ordinal))
        {
            string close = rest[1] == '!' ? "-->" : "?>";
            int end = rest.IndexOf(close, StringComparison.Ordinal);
            if (end < 0)
            {
                return false;
            }

            rest = rest[(end + close.Length)..].TrimStart();
        }

        return rest.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase)
            || (rest.StartsWith("<html", StringComparison.OrdinalIgnoreCase) && rest.Length > 5 && (rest[5] == '>' || char.IsWhiteSpace(rest[5])));
    }

    // What spreadsheets call "Unicode text": the same number of tabs in every line.
    private static bool IsTabTable(string text)
    {
        int[] tabs = [.. Lines(text).Select(line => line.Count(character => character == '\t'))];
        return tabs.Length >= FewestLines && tabs[0] > 0 && tabs.All(count => count == tabs[0]);
    }

    private static bool IsJsonLines(string text)
    {
        string[] lines = [.. Lines(text)];
        return lines.Length >= FewestLines && lines.All(line => line.Length > 1 && line[0] == '{' && line[^1] == '}' && IsJson(line));
    }

    private static bool IsJson(string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // The last line of a sample may be cut off.
    private static IEnumerable<string> Lines(string text)
    {
        string[] lines = text.Split('\n', MostLines + 2);
        IEnumerable<string> whole = lines.Length > MostLines + 1 || !text.EndsWith('\n') && lines.Length > FewestLines ? lines[..^1] : lines;
        return whole.Select(line => line.Trim('\r', ' ')).Where(line => line.Length > 0);
    }
}
