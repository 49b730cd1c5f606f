using System.Text.Json;
using System.Text.Json.Nodes;

namespace LlmPlatform.Training.Data;

/// <summary>Single answers that are good or not as tokens, by the rules of TRL's KTOTrainer.</summary>
internal static class UnpairedData
{
    /// <summary>
    /// Turns rows into examples: <c>prompt</c>, <c>completion</c> and <c>label</c>, or pairs, which become two rows each. Rows whose
    /// prompt leaves no room are dropped.
    /// </summary>
    /// <param name="rows">All of one kind.</param>
    /// <param name="tokenizer">The model's tokenizer and chat template.</param>
    /// <param name="options">Lengths.</param>
    /// <param name="klGroup">
    /// Rows of a group in which each gets the answer of the row before it, and the first that of the last; null: none gets one.
    /// </param>
    /// <exception cref="RowException">A row cannot be used.</exception>
    public static List<UnpairedExample> Prepare(
        IReadOnlyList<JsonObject> rows, DataTokenizer tokenizer, PreferenceOptions options, int? klGroup)
    {
        IEnumerable<JsonObject> single = rows.Any(row => row.ContainsKey("chosen")) ? UnpairedRows.Unpair(rows.Select(WithPrompt)) : rows;
        List<UnpairedExample> examples = [.. single.Select(row => Encode(row, tokenizer)).Where(example => Fits(example, options))];
        return klGroup is not { } size ? examples : [.. examples.Chunk(size).SelectMany(group => group.Select((example, i) =>
            example with { KlCompletionIds = group[(i + group.Length - 1) % group.Length].CompletionIds }))];
    }

    private static JsonObject WithPrompt(JsonObject row)
    {
        PreferencePair pair = PreferencePair.Read(row).RequirePrompt();
        row["prompt"] = pair.Prompt.ToNode();
        row["chosen"] = pair.Chosen.ToNode();
        row["rejected"] = pair.Rejected.ToNode();
        return row;
    }

    private static UnpairedExample Encode(JsonObject row, DataTokenizer tokenizer)
    {
        ChatMl.Convert(row);
        RowText prompt = RowText.Read(row, "prompt");
        RowText completion = RowText.Read(row, "completion");
        if (prompt.Messages is null != completion.Messages is null)
        {
            throw new RowException("prompt and completion: one is a string and one messages, expected two of a kind");
        }

        bool label = row["label"]?.GetValueKind() switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw new RowException($"label: a JSON {DataFiles.Kind(row["label"])}, expected true or false"),
        };
        AnsweredPrompt tokens = new(tokenizer, prompt, row);
        int[] ids = tokens.With(completion);
        int answer = Prefixes.Common(tokens.Prompt(), ids);
        return new UnpairedExample(ids[..answer], ids[answer..], label);
    }

    private static bool Fits(UnpairedExample example, PreferenceOptions options) =>
        options.MaxLength is not { } length || options.TruncationMode == TruncationMode.KeepEnd || example.PromptIds.Length < length;
}
