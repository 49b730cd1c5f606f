using UglyToad.PdfPig;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Tokenization.Scanner;
using UglyToad.PdfPig.Tokens;

namespace LlmPlatform.Retrieval.Documents.Pdf.Structure;

/// <summary>
/// Looks into the content of a page that gave no letters: an empty page is one thing, text that cannot be read another.
/// </summary>
internal static class ContentScan
{
    /// <summary>Whether the content holds a string that is to be drawn, or one that never ends.</summary>
    public static bool AsksForText(Page page, PdfDocument document)
    {
        IPdfTokenScanner scanner = document.Structure.TokenScanner;
        IToken? contents = scanner.Value<IToken>(page.Dictionary, "Contents");
        IEnumerable<IToken?> parts = contents is ArrayToken several ? several.Data.Select(scanner.Resolve) : [contents];
        return parts.OfType<StreamToken>().Any(stream => HasString(stream.Decode(document.Structure.FilterProvider, scanner).Span));
    }

    private static bool HasString(ReadOnlySpan<byte> content)
    {
        int open = content.IndexOf((byte)'(');
        return open >= 0 && (content.IndexOf("Tj"u8) > open || content.IndexOf("TJ"u8) > open || !content[open..].Contains((byte)')'));
    }
}
