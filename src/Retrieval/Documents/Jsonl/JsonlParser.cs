using System.Text.Json;
using LlmPlatform.Retrieval.Documents.Text;

namespace LlmPlatform.Retrieval.Documents.Jsonl;

/// <summary>
/// A JSON value a line, each a record; or one JSON document, whose array's elements are the records. A record becomes a
/// paragraph. Lines that are no JSON, or nested too deep, are left out with a warning.
/// </summary>
internal sealed class JsonlParser : IDocumentParser
{
    private const int MostWarnings = 20;

    /// <inheritdoc/>
    public string Kind => DocumentKinds.Jsonl;

    /// <inheritdoc/>
    public ParsedDocument Parse(DocumentSource source, DocumentLimits limits, CancellationToken cancellationToken)
    {
        DecodedText decoded = TextDecoder.Decode(source.Bytes.Span, limits);
        DocumentTextBuilder builder = new(limits);
        List<string> warnings = [.. decoded.Warnings];
        if (!string.IsNullOrWhiteSpace(decoded.Text) && !TryWhole(decoded.Text, builder, limits, cancellationToken))
        {
            Lines(decoded.Text, builder, limits, warnings, cancellationToken);
        }

        return new ParsedDocument
        {
            Kind = Kind,
            Text = builder.ToString(),
            Blocks = builder.Blocks,
            Charset = decoded.Charset,
            Warnings = warnings,
        };
    }

    // One JSON document over all lines. Of a file with a value a line the reader gives up at the second line.
    private static bool TryWhole(
        string text, DocumentTextBuilder builder, DocumentLimits limits, CancellationToken cancellationToken)
    {
        if (TryParse(text, limits) is not { } document)
        {
            return false;
        }

        using (document)
        {
            if (document.RootElement.ValueKind == JsonValueKind.Array)
            {
                foreach (JsonElement element in document.RootElement.EnumerateArray())
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    builder.Add(BlockKind.Paragraph, JsonRecordText.Of(element));
                }
            }
            else
            {
                builder.Add(BlockKind.Paragraph, JsonRecordText.Of(document.RootElement));
            }
        }

        return true;
    }

    private static void Lines(
        string text, DocumentTextBuilder builder, DocumentLimits limits, List<string> warnings, CancellationToken cancellationToken)
    {
        int number = 0;
        int good = 0;
        int bad = 0;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            cancellationToken.ThrowIfCancellationRequested();
            number++;
            if (line.IsWhiteSpace())
            {
                continue;
            }

            if (TryParse(line.ToString(), limits) is { } document)
            {
                good++;
                using (document)
                {
                    builder.Add(BlockKind.Paragraph, JsonRecordText.Of(document.RootElement));
                }
            }
            else if (++bad <= MostWarnings)
            {
                warnings.Add($"bad_line:{number}");
            }
        }

        if (good == 0)
        {
            throw new DocumentException(
                DocumentErrors.Corrupt, $"none of {bad} lines is JSON of at most {limits.MaxDepth} levels");
        }

        if (bad > MostWarnings)
        {
            warnings.Add($"bad_lines: {bad} lines are no JSON and were left out");
        }
    }

    private static JsonDocument? TryParse(string text, DocumentLimits limits)
    {
        try
        {
            return JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = limits.MaxDepth });
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
