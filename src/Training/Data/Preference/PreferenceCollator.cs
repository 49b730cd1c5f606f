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
        List<int[]> sequences = [];
        List<int[]> completions = [];
        foreach (PreferenceExample row in rows)
        {
            Add(row.PromptIds, row.ChosenIds);
        }

        foreach (PreferenceExample row in rows)
        {
            Add(row.PromptIds, row.RejectedIds);
        }

        PaddedIds ids = PaddedIds.Pad(sequences, padId, padToMultipleOf);
        return new PreferenceBatch(rows.Count, ids.Length, ids.InputIds, ids.AttentionMask, PaddedIds.Fill(completions, ids.Length, 0));

        void Add(int[] prompt, int[] answer)
        {
            int[] mask = new int[prompt.Length + answer.Length];
            Array.Fill(mask, 1, prompt.Length, answer.Length);
            sequences.Add(Cut([.. prompt, .. answer]));
            completions.Add(Cut(mask));
        }
    }

    private int[] Cut(int[] sequence) => options.MaxLength is not { } length || sequence.Length <= length ? sequence
        : options.TruncationMode == TruncationMode.KeepStart ? sequence[..length]
        : sequence[^length..];
}
