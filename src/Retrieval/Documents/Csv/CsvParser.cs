using System.Globalization;
using LlmPlatform.Retrieval.Documents.Text;

namespace LlmPlatform.Retrieval.Documents.Csv;

/// <summary>Rows of values parted by commas, semicolons, tabs or bars: one table.</summary>
internal sealed class CsvParser : IDocumentParser
{
    /// <inheritdoc/>
    public string Kind => DocumentKinds.Csv;

    /// <inheritdoc/>
    public ParsedDocument Parse(DocumentSource source, DocumentLimits limits, CancellationToken cancellationToken)
    {
        DecodedText decoded = TextDecoder.Decode(source.Bytes.Span, limits);
        (char delimiter, int start) = CsvDelimiter.Find(decoded.Text);
        CsvRows reader = new(decoded.Text, delimiter, start);
        DocumentTextBuilder builder = new(limits);
        builder.AddTable(Rows(reader, limits, cancellationToken));
        return new ParsedDocument
        {
            Kind = Kind,
            Text = builder.ToString(),
            Blocks = builder.Blocks,
            Charset = decoded.Charset,
            Warnings = reader.HasUnclosedQuote
                ? [.. decoded.Warnings, "unclosed_quote: a quote is never closed; it was read as a letter"]
                : decoded.Warnings,
        };
    }

    private static IEnumerable<(IReadOnlyList<(string Text, string? Reference)> Cells, bool IsHeader)> Rows(
        CsvRows reader, DocumentLimits limits, CancellationToken cancellationToken)
    {
        bool first = true;
        while (reader.Next(limits.MaxParts) is { } row)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return ([.. row.Select(field => (field, (string?)null))], first && IsHeader(row));
            first = false;
        }
    }

    // Names of columns: each there, none a number.
    private static bool IsHeader(List<string> row) => row.All(field => !string.IsNullOrWhiteSpace(field)
        && !double.TryParse(field.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out _));
}
