using LlmPlatform.Retrieval.Documents;

namespace LlmPlatform.Retrieval.Tests.Documents.Golden;

/// <summary>Kind, title, author, charset, pages, and the exact text of plain text.</summary>
internal static class GoldenProperties
{
    public static void Check(GoldenDocumentCase expected, ParsedDocument document, List<string> failures)
    {
        // A table that a spreadsheet saved as .txt may be read as plain text.
        bool tableAsText = expected.Kind == "csv" && document.Kind == DocumentKinds.Text
            && expected.File.EndsWith(".txt", StringComparison.Ordinal);
        if (!tableAsText)
        {
            Equal("kind", expected.SupportedKind ?? document.Kind, document.Kind, failures);
        }

        if (expected.Title is not null)
        {
            Equal("title", GoldenText.Normalize(expected.Title), GoldenText.Normalize(document.Title ?? ""), failures);
        }

        if (expected.Author is not null)
        {
            Equal("author", GoldenText.Normalize(expected.Author), GoldenText.Normalize(document.Author ?? ""), failures);
        }

        if (expected.Charset is not null)
        {
            Equal("charset", Charset(expected.Charset), Charset(document.Charset ?? ""), failures);
        }

        if (expected.ExactText is not null && !string.Equals(expected.ExactText, document.Text, StringComparison.Ordinal))
        {
            int same = expected.ExactText.Zip(document.Text).TakeWhile(pair => pair.First == pair.Second).Count();
            failures.Add($"the text differs from character {same} on (lengths {expected.ExactText.Length}, {document.Text.Length})");
        }

        if ((expected.Pages ?? expected.Slides) is { } pages)
        {
            Equal("pages", pages, document.PageCount ?? 0, failures);
        }
    }

    private static string Charset(string name) => name switch
    {
        "cp949" or "euc-kr" or "ks_c_5601-1987" or "windows-949" => "cp949",
        "us-ascii" => "utf-8",
        _ => name,
    };

    private static void Equal<T>(string what, T expected, T actual, List<string> failures)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            failures.Add($"{what} is \"{actual}\" instead of \"{expected}\"");
        }
    }
}
