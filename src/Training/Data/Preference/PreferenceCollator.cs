namespace LlmPlatform.Training.Data;

/// <summary>Puts pairs into batches: each sequence cut to the length, all filled up on the right.</summary>
/// <param name="padId">What fills rows up.</param>
/// <param name="options">The same as the rows were read with.</param>
/// <param name="padToMultipleOf">Lengths are rounded up to a multiple of this.</param>
public sealed class PreferenceCollator(int padId, PreferenceOptions options, int padToMultipleOf = 1)
{
    /// <summary>Makes a batch.</summary>
    /// <param name="rows">At least one.</param>
    public PreferenceBatch Collate(IReadOnlyList<PreferenceExample> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        (PaddedIds ids, long[] completion) = SequenceCut.Pad(
            [.. rows.Select(row => (row.PromptIds, row.ChosenIds)), .. rows.Select(row => (row.PromptIds, row.RejectedIds))],
            padId,
            options,
            padToMultipleOf);
        return new PreferenceBatch(rows.Count, ids.Length, ids.InputIds, ids.AttentionMask, completion);
    }
}
