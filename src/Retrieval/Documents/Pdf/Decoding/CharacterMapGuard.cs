namespace LlmPlatform.Retrieval.Documents.Pdf.Decoding;

/// <summary>
/// Counts what the ranges of a character map cover: <c>&lt;00000000&gt; &lt;FFFFFFFF&gt;</c> is twenty bytes, and four
/// thousand million codes once it is expanded.
/// </summary>
internal static class CharacterMapGuard
{
    /// <summary>Counts the ranges of all character maps among these bytes.</summary>
    public static void Check(ReadOnlySpan<byte> bytes, ReadingBudget budget)
    {
        Check(bytes, "beginbfrange"u8, "endbfrange"u8, budget);
        Check(bytes, "begincidrange"u8, "endcidrange"u8, budget);
        Check(bytes, "beginnotdefrange"u8, "endnotdefrange"u8, budget);
    }

    private static void Check(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end, ReadingBudget budget)
    {
        int at;
        while ((at = bytes.IndexOf(begin)) >= 0)
        {
            bytes = bytes[(at + begin.Length)..];
            int stop = bytes.IndexOf(end);
            CheckRanges(stop < 0 ? bytes : bytes[..stop], budget);
            bytes = stop < 0 ? [] : bytes[stop..];
        }
    }

    // Pairs of codes, each followed by its target: a code, a number or an array.
    private static void CheckRanges(ReadOnlySpan<byte> bytes, ReadingBudget budget)
    {
        while (TryCode(ref bytes, out ulong low) && TryCode(ref bytes, out ulong high))
        {
            budget.AddMapped(high < low ? 0 : (long)Math.Min(high - low, long.MaxValue >> 1) + 1);
            SkipTarget(ref bytes);
        }
    }

    private static bool TryCode(ref ReadOnlySpan<byte> bytes, out ulong code)
    {
        code = 0;
        int open = bytes.IndexOf((byte)'<');
        int close = open < 0 ? -1 : bytes[open..].IndexOf((byte)'>');
        if (close < 0)
        {
            bytes = [];
            return false;
        }

        foreach (byte digit in bytes.Slice(open + 1, close - 1))
        {
            if (char.IsAsciiHexDigit((char)digit))
            {
                code = (code << 4) | (uint)(digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
            }
        }

        bytes = bytes[(open + close + 1)..];
        return true;
    }

    private static void SkipTarget(ref ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0 && bytes[0] is (byte)' ' or (byte)'\r' or (byte)'\n' or (byte)'\t')
        {
            bytes = bytes[1..];
        }

        if (bytes.Length == 0 || bytes[0] is not ((byte)'<' or (byte)'['))
        {
            return;
        }

        int close = bytes.IndexOf(bytes[0] == '<' ? (byte)'>' : (byte)']');
        bytes = close < 0 ? [] : bytes[(close + 1)..];
    }
}
