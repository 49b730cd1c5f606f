using System.Runtime.InteropServices;

namespace LlmPlatform.Tokenization.Trainers;

/// <summary>Two neighbouring symbols as one number, in the order of the first, then of the second.</summary>
internal static class Pairs
{
    public static long Of(int left, int right) => ((long)left << 32) | (uint)right;

    public static (int Left, int Right) Parts(long pair) => ((int)(pair >> 32), (int)pair);
}

/// <summary>A pair has become more or less frequent in a word.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PairChange(long Pair, int Word, int Change);
