using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Tokenization;
using LlmPlatform.Tokenization.ChatTemplates;
using LlmPlatform.TrainingContracts.Worker;

namespace LlmPlatform.Training.Data;

/// <summary>
/// Reads files of JSON Lines (https://jsonlines.org): UTF-8, one object a line. Every file is read to its end whatever is
/// wrong with its lines, so that all bad ones are told at once; a row's JSON is let go as soon as it is turned into tokens.
/// </summary>
internal static class DataFiles
{
    /// <summary>A longer line is an error of the data: 8 MiB.</summary>
    public const int MaxLineLength = 8 << 20;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <summary>Turns every row into an example; blank lines are passed over.</summary>
    /// <typeparam name="T">The examples.</typeparam>
    /// <param name="files">Read in this order.</param>
    /// <param name="toExample">An example, or null for a row that is dropped. Throws <see cref="RowException"/> for a bad row.</param>
    /// <param name="add">Takes the examples in order.</param>
    /// <param name="stop">Ends the reading.</param>
    /// <returns>How many rows there were and how many were dropped.</returns>
    /// <exception cref="DataErrorException">A line is bad, or there is no row at all.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static RowCounts Read<T>(IReadOnlyList<WorkerFile> files, Func<JsonObject, T?> toExample, Action<T> add, CancellationToken stop)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(files);
        List<WorkerDataError> errors = [];
        RowCounts counts = default;
        foreach (WorkerFile file in files)
        {
            using JsonLinesFile lines = new(file.Path, MaxLineLength);
            while (errors.Count < DataErrorException.MaxErrors && lines.ReadLine() is { } line)
            {
                stop.ThrowIfCancellationRequested();
                if (!line.TooLong && line.Bytes.Span.IndexOfAnyExcept(" \t"u8) < 0)
                {
                    continue;
                }

                counts = counts with { Rows = counts.Rows + 1 };
                T? example = null;
                if (Problem(line, toExample, ref example) is { } problem)
                {
                    errors.Add(new WorkerDataError(file.Id, line.Number, problem));
                }
                else if (example is null)
                {
                    counts = counts with { Dropped = counts.Dropped + 1 };
                }
                else if (errors.Count == 0)
                {
                    add(example);
                }
            }
        }

        return errors.Count > 0 ? throw new DataErrorException(errors) : counts.Rows > 0 ? counts : throw Empty(files, "no row");
    }

    /// <summary>There is nothing to train on.</summary>
    public static DataErrorException Empty(IReadOnlyList<WorkerFile> files, string found) =>
        new([new WorkerDataError(files.Count > 0 ? files[0].Id : "", 1, $"{found} in {files.Count} file(s), expected at least one row to train on")]);

    private static string? Problem<T>(DataLine line, Func<JsonObject, T?> toExample, ref T? example)
        where T : class
    {
        if (line.TooLong)
        {
            return $"the line is longer than {MaxLineLength} bytes, expected at most that";
        }

        try
        {
            example = toExample(Parse(line.Bytes.Span));
            return null;
        }
        catch (RowException bad)
        {
            return bad.Message;
        }
        catch (ChatTemplateException refused)
        {
            return $"the chat template does not take the conversation: {RowException.Cut(refused.Message)}";
        }
        catch (TokenizationException refused)
        {
            return $"the tokenizer does not take the text: {RowException.Cut(refused.Message)}";
        }
    }

    private static JsonObject Parse(ReadOnlySpan<byte> line)
    {
        if (!System.Text.Unicode.Utf8.IsValid(line))
        {
            throw new RowException("the line is not valid UTF-8");
        }

        JsonNode? node;
        try
        {
            CheckEscapes(line);
            node = JsonNode.Parse(line, documentOptions: Strict);
        }
        catch (JsonException broken)
        {
            // The reader's own message may quote the row.
            throw new RowException($"the line is not valid JSON (byte {broken.BytePositionInLine ?? 0}), expected one JSON object on one line");
        }

        return node as JsonObject ?? throw new RowException($"the line is a JSON {Kind(node)}, expected an object");
    }

    // "\ud800" alone is JSON but no text; JsonNode would tell only when it is asked for the string.
    private static void CheckEscapes(ReadOnlySpan<byte> line)
    {
        Utf8JsonReader reader = new(line, new JsonReaderOptions { MaxDepth = Strict.MaxDepth });
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName) || !reader.ValueIsEscaped)
            {
                continue;
            }

            try
            {
                _ = reader.GetString();
            }
            catch (InvalidOperationException)
            {
                throw new RowException($"the line has half of a surrogate pair (before byte {reader.BytesConsumed}), expected whole characters");
            }
        }
    }

    /// <summary>What kind of JSON a value is.</summary>
    internal static string Kind(JsonNode? node) => node?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.Array => "array",
        JsonValueKind.Object => "object",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        _ => "boolean",
    };
}

/// <summary>How many rows were read, and how many of them gave no example.</summary>
internal readonly record struct RowCounts(long Rows, long Dropped);
