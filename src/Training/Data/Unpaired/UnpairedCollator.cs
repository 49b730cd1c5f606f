namespace LlmPlatform.Training.Data;

/// <summary>Puts single answers into batches: each sequence cut to the length, all filled up on the right.</summary>
/// <param name="padId">What fills rows up.</param>
/// <param name="options">The same as the rows were read with.</param>
public sealed class UnpairedCollator(int padId, PreferenceOptions options)
{
    /// <summary>Makes a batch.</summary>
    /// <param name="rows">At least one; all with an answer to another prompt, or none.</param>
    public UnpairedBatch Collate(IReadOnlyList<UnpairedExample> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        (PaddedIds ids, long[] completion) = SequenceCut.Pad(rows.Select(row => (row.PromptIds, row.CompletionIds)), padId, options);
        bool[] labels = [.. rows.Select(row => row.Label)];
        if (rows[0].KlCompletionIds is null)
        {
            return new UnpairedBatch(ids, completion, null, null, labels);
        }

        (PaddedIds kl, long[] klCompletion) = SequenceCut.Pad(rows.Select(row => (row.PromptIds, row.KlCompletionIds!)), padId, options);
        return new UnpairedBatch(ids, completion, kl, klCompletion, labels);
    }
}
