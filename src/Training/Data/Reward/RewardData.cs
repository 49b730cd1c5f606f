using System.Text.Json.Nodes;

namespace LlmPlatform.Training.Data;

/// <summary>Pairs of answers for a model that scores them, by the rules of TRL's RewardTrainer.</summary>
internal static class RewardData
{
    /// <summary>One row as tokens; null if a sequence is too long, since a score is that of the whole.</summary>
    /// <exception cref="RowException">The row cannot be used.</exception>
    public static RewardExample? Prepare(JsonObject row, DataTokenizer tokenizer, int? maxLength)
    {
        PreferencePair pair = PreferencePair.Read(row);
        AnsweredPrompt tokens = new(tokenizer, pair.Prompt, row);
        int[] chosen = tokens.With(pair.Chosen);
        int[] rejected = tokens.With(pair.Rejected);
        double? margin = row["margin"] switch
        {
            null => null,
            JsonValue value when value.TryGetValue(out double number) => number,
            JsonNode other => throw new RowException($"margin: a JSON {DataFiles.Kind(other)}, expected a number"),
        };
        return Math.Max(chosen.Length, rejected.Length) > (maxLength ?? int.MaxValue) ? null : new RewardExample(chosen, rejected, margin);
    }

    /// <summary>A batch: the better answers above the worse, filled up on the right.</summary>
    public static PaddedIds Collate(IReadOnlyList<RewardExample> rows, int padId) =>
        PaddedIds.Pad([.. rows.Select(row => row.ChosenIds), .. rows.Select(row => row.RejectedIds)], padId);
}
