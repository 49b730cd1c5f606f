using System.Globalization;
using System.Text.Json.Nodes;
using LlmPlatform.Tokenization;
using LlmPlatform.TrainingContracts.Worker;

namespace LlmPlatform.Training.Data;

/// <summary>
/// Reads texts that belong together, for encoders: <c>anchor</c> and <c>positive</c>, <c>query</c> and <c>positive</c>, or
/// <c>sentence1</c> and <c>sentence2</c>; with the first two also <c>negative</c>, <c>negative_1</c>, <c>negative_2</c> ... or an
/// array <c>negatives</c>, as many in every row.
/// </summary>
public static class PairData
{
    private static readonly (string First, string Second)[] Forms = [("anchor", "positive"), ("query", "positive"), ("sentence1", "sentence2")];

    /// <summary>Reads all rows and turns them into tokens, each text cut to its length.</summary>
    /// <param name="files">Files of JSON Lines, in order.</param>
    /// <param name="tokenizer">The encoder's tokenizer.</param>
    /// <param name="options">Lengths and prompts.</param>
    /// <param name="stop">Ends the reading.</param>
    /// <exception cref="DataErrorException">Lines are bad, or there are none.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ExampleList<PairExample> Read(
        IReadOnlyList<WorkerFile> files, DataTokenizer tokenizer, PairOptions options, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(options);
        List<PairExample> examples = [];
        int? negatives = null;
        RowCounts counts = DataFiles.Read<PairExample>(
            files,
            row =>
            {
                PairExample example = Encode(row, tokenizer.Tokenizer, options);
                negatives ??= example.Negatives.Length;
                return example.Negatives.Length == negatives
                    ? example
                    : throw new RowException($"{example.Negatives.Length} negative texts, expected {negatives} as in the first row");
            },
            examples.Add,
            stop);
        return new ExampleList<PairExample>(examples, counts);
    }

    private static PairExample Encode(JsonObject row, Tokenizer tokenizer, PairOptions options)
    {
        (string first, string second) = Forms.FirstOrDefault(form => row[form.First] is not null && row[form.Second] is not null);
        if (first is null)
        {
            throw new RowException("none of the pairs anchor and positive, query and positive, sentence1 and sentence2, expected one");
        }

        RequireFullScore(row, "score");
        RequireFullScore(row, "label");
        string anchor = RowText.ReadText(row, first);
        string positive = RowText.ReadText(row, second);
        List<string> negatives = Negatives(row);
        return negatives.Contains(positive, StringComparer.Ordinal)
            ? throw new RowException($"{second} and a negative are equal, expected texts of which one belongs to {first}")
            : new PairExample(
                Ids(options.AnchorPrompt + anchor),
                Ids(options.PositivePrompt + positive),
                [.. negatives.Select(negative => Ids(options.PositivePrompt + negative))]);

        int[] Ids(string text) => tokenizer.EncodeTruncated(text, options.MaxLength).Ids;
    }

    private static List<string> Negatives(JsonObject row)
    {
        List<string> texts = [];
        if (row["negative"] is not null)
        {
            texts.Add(RowText.ReadText(row, "negative"));
        }

        for (int i = 1; row[$"negative_{i.ToString(CultureInfo.InvariantCulture)}"] is not null; i++)
        {
            texts.Add(RowText.ReadText(row, $"negative_{i.ToString(CultureInfo.InvariantCulture)}"));
        }

        if (row["negatives"] is { } list)
        {
            foreach (JsonNode? text in list as JsonArray ?? throw new RowException($"negatives: a JSON {DataFiles.Kind(list)}, expected an array of strings"))
            {
                texts.Add(text is JsonValue value && value.TryGetValue(out string? negative)
                    ? negative
                    : throw new RowException($"negatives: holds a JSON {DataFiles.Kind(text)}, expected strings"));
            }
        }

        return texts;
    }

    // Every pair counts as belonging together; a row that says otherwise would teach the opposite.
    private static void RequireFullScore(JsonObject row, string field)
    {
        if (row[field] is { } score && !(score is JsonValue value && value.TryGetValue(out double number) && number == 1))
        {
            throw new RowException($"{field}: expected 1 or no such field, since every pair counts as belonging together");
        }
    }
}
