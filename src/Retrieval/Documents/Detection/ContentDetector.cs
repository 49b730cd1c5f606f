using LlmPlatform.Retrieval.Documents.Office;
using LlmPlatform.Retrieval.Documents.Text;

namespace LlmPlatform.Retrieval.Documents.Detection;

/// <summary>
/// Tells what a file is. The content decides; the name is a hint only where the content is text, whose kinds often look
/// alike.
/// </summary>
public static class ContentDetector
{
    private const int SampleBytes = 64 << 10;
    private const int PdfJunkBytes = 1024;

    /// <summary>One of <see cref="DocumentKinds"/>, or null where no parser reads such content.</summary>
    /// <exception cref="DocumentException">
    /// The content shows that it cannot be read: an encrypted or damaged Office document, an old binary one.
    /// </exception>
    public static string? Detect(DocumentSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        ReadOnlySpan<byte> bytes = source.Bytes.Span;
        if (IsPdf(bytes))
        {
            return DocumentKinds.Pdf;
        }

        if (OfficeContainers.Detect(source.Bytes) is { } office)
        {
            return office;
        }

        if (bytes.StartsWith("PK\x03\x04"u8) || FileSignatures.Describe(bytes) is not null)
        {
            return null;
        }

        DecodedText? sample = TextDecoder.TryDecode(bytes[..Math.Min(bytes.Length, SampleBytes)]);
        return sample is null ? null : TextKinds.Detect(sample.Text, Path.GetExtension(source.Filename).ToLowerInvariant());
    }

    /// <summary>What content that no parser reads is, in words.</summary>
    internal static string Describe(ReadOnlySpan<byte> bytes)
    {
        if (FileSignatures.Describe(bytes) is { } name)
        {
            return name;
        }

        if (bytes.StartsWith("PK\x03\x04"u8))
        {
            return "a zip archive that is no Office document";
        }

        DecodedText? sample = TextDecoder.TryDecode(bytes[..Math.Min(bytes.Length, SampleBytes)]);
        return sample is not null && MailHeader.Begins(sample.Text) ? "a mail message" : "binary data";
    }

    // Some tools put junk before the header; a text that only speaks of PDF has no objects.
    private static bool IsPdf(ReadOnlySpan<byte> bytes)
    {
        int header = bytes[..Math.Min(bytes.Length, PdfJunkBytes)].IndexOf("%PDF-"u8);
        return header == 0 || (header > 0 && bytes[header..].IndexOf("endobj"u8) > 0);
    }
}
