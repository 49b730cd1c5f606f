namespace LlmPlatform.Retrieval.Keywords.Postings;

/// <summary>A bit for each ordinal, the lowest of the first word being ordinal 0. Ordinals behind the last word are not in it.</summary>
internal static class PointBits
{
    public static int WordsFor(int ordinals) => (ordinals + 63) >> 6;

    public static bool Has(ReadOnlySpan<ulong> bits, int ordinal) =>
        ordinal >> 6 < bits.Length && (bits[ordinal >> 6] & (1UL << ordinal)) != 0;

    public static void Set(Span<ulong> bits, int ordinal) => bits[ordinal >> 6] |= 1UL << ordinal;

    public static void Clear(Span<ulong> bits, int ordinal) => bits[ordinal >> 6] &= ~(1UL << ordinal);

    /// <summary>Whether any ordinal from first to end (exclusive) is in it.</summary>
    public static bool Any(ReadOnlySpan<ulong> bits, int first, int end)
    {
        for (int ordinal = first; ordinal < end;)
        {
            int word = ordinal >> 6;
            if (word >= bits.Length)
            {
                return false;
            }

            int next = Math.Min((word + 1) << 6, end);
            ulong mask = ulong.MaxValue << ordinal;
            if (next < (word + 1) << 6)
            {
                mask &= (1UL << next) - 1;
            }

            if ((bits[word] & mask) != 0)
            {
                return true;
            }

            ordinal = next;
        }

        return false;
    }
}
