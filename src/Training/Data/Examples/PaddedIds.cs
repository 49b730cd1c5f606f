namespace LlmPlatform.Training.Data;

/// <summary>Sequences of one length, filled up, row by row.</summary>
/// <param name="Rows">How many.</param>
/// <param name="Length">Tokens of each, padding included.</param>
/// <param name="InputIds">Tokens, [<paramref name="Rows"/>, <paramref name="Length"/>].</param>
/// <param name="AttentionMask">1 for tokens, 0 for padding, [<paramref name="Rows"/>, <paramref name="Length"/>].</param>
public sealed record PaddedIds(int Rows, int Length, long[] InputIds, long[] AttentionMask)
{
    /// <summary>Fills sequences up to the longest.</summary>
    /// <param name="sequences">At least one.</param>
    /// <param name="padId">What fills.</param>
    /// <param name="padToMultipleOf">The length is rounded up to a multiple of this.</param>
    /// <param name="left">Whether the filling goes before the tokens.</param>
    public static PaddedIds Pad(IReadOnlyList<int[]> sequences, int padId, int padToMultipleOf = 1, bool left = false)
    {
        int length = CommonLength(sequences, padToMultipleOf);
        return new PaddedIds(
            sequences.Count,
            length,
            Fill(sequences, length, padId, left),
            Fill([.. sequences.Select(sequence => Enumerable.Repeat(1, sequence.Length).ToArray())], length, 0, left));
    }

    /// <summary>The length that sequences are filled up to.</summary>
    internal static int CommonLength(IReadOnlyList<int[]> sequences, int padToMultipleOf)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentOutOfRangeException.ThrowIfZero(sequences.Count, nameof(sequences));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(padToMultipleOf);
        int longest = sequences.Max(sequence => sequence.Length);
        return (longest + padToMultipleOf - 1) / padToMultipleOf * padToMultipleOf;
    }

    /// <summary>Sequences as one array, [rows, <paramref name="length"/>].</summary>
    internal static long[] Fill(IReadOnlyList<int[]> sequences, int length, int padding, bool left = false)
    {
        long[] filled = new long[sequences.Count * length];
        Array.Fill(filled, padding);
        for (int row = 0; row < sequences.Count; row++)
        {
            int[] sequence = sequences[row];
            int start = row * length + (left ? length - sequence.Length : 0);
            for (int i = 0; i < sequence.Length; i++)
            {
                filled[start + i] = sequence[i];
            }
        }

        return filled;
    }
}
