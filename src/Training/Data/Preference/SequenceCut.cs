namespace LlmPlatform.Training.Data;

/// <summary>Prompts with their answers, each cut to the length and all filled up on the right.</summary>
internal static class SequenceCut
{
    /// <summary>Puts prompts and answers together.</summary>
    /// <returns>The sequences, and 1 for every token of an answer.</returns>
    public static (PaddedIds Ids, long[] CompletionMask) Pad(
        IEnumerable<(int[] Prompt, int[] Answer)> rows, int padId, PreferenceOptions options, int padToMultipleOf = 1)
    {
        List<int[]> sequences = [];
        List<int[]> masks = [];
        foreach ((int[] prompt, int[] answer) in rows)
        {
            int[] mask = new int[prompt.Length + answer.Length];
            Array.Fill(mask, 1, prompt.Length, answer.Length);
            sequences.Add(Cut([.. prompt, .. answer], options));
            masks.Add(Cut(mask, options));
        }

        PaddedIds ids = PaddedIds.Pad(sequences, padId, padToMultipleOf);
        return (ids, PaddedIds.Fill(masks, ids.Length, 0));
    }

    private static int[] Cut(int[] sequence, PreferenceOptions options) =>
        options.MaxLength is not { } length || sequence.Length <= length ? sequence
        : options.TruncationMode == TruncationMode.KeepStart ? sequence[..length]
        : sequence[^length..];
}
