using System.Text.Json.Nodes;
using LlmPlatform.TrainingContracts.Worker;

namespace LlmPlatform.Training.Data;

/// <summary>Reads pairs of answers, by the rules of TRL's DPOTrainer.</summary>
public static class PreferenceData
{
    /// <summary>Reads all rows and turns them into tokens; cutting to a length is the <see cref="PreferenceCollator"/>'s.</summary>
    /// <param name="files">Files of JSON Lines, in order.</param>
    /// <param name="tokenizer">The model's tokenizer and chat template.</param>
    /// <param name="options">Lengths.</param>
    /// <param name="stop">Ends the reading.</param>
    /// <exception cref="DataErrorException">Lines are bad (equal answers too), or nothing is left to learn from.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ExampleList<PreferenceExample> Read(
        IReadOnlyList<WorkerFile> files, DataTokenizer tokenizer, PreferenceOptions options, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(options);
        List<PreferenceExample> examples = [];
        RowCounts counts = DataFiles.Read(files, row => Keep(Encode(row, tokenizer), options), examples.Add, stop);
        return examples.Count > 0
            ? new ExampleList<PreferenceExample>(examples, counts)
            : throw DataFiles.Empty(files, $"no prompt shorter than max_length {options.MaxLength} in any of {counts.Rows} rows");
    }

    /// <summary>One row as tokens. The answers begin where the ids of a prompt alone and of prompt with answer first differ.</summary>
    internal static PreferenceExample Encode(JsonObject row, DataTokenizer tokenizer)
    {
        PreferencePair pair = PreferencePair.Read(row).RequirePrompt();
        AnsweredPrompt tokens = new(tokenizer, pair.Prompt, row);
        int[] prompt = tokens.Prompt();
        int[] chosen = tokens.With(pair.Chosen);
        int[] rejected = tokens.With(pair.Rejected);
        if (chosen.AsSpan().SequenceEqual(rejected))
        {
            throw new RowException("chosen and rejected are the same tokens, expected two answers of which one is better");
        }

        int answers = Math.Min(Prefixes.Common(prompt, chosen), Prefixes.Common(prompt, rejected));
        return new PreferenceExample(chosen[..answers], chosen[answers..], rejected[answers..]);
    }

    /// <summary>The example, or null if its prompt leaves no room for an answer.</summary>
    internal static PreferenceExample? Keep(PreferenceExample example, PreferenceOptions options) =>
        options.MaxLength is { } length && options.TruncationMode == TruncationMode.KeepStart && example.PromptIds.Length >= length
            ? null
            : example;
}
