using System.Runtime.InteropServices;

namespace LlmPlatform.Tokenization.Models;

/// <summary>Which pairs of tokens become one, and which of them first.</summary>
internal sealed class MergeTable
{
    public const int NoRank = int.MaxValue;

    private readonly Dictionary<long, Merge> _merges = [];

    /// <summary>Adds a merge; of two for the same pair the later one counts.</summary>
    public void Add(int left, int right, int rank, int whole) => _merges[Key(left, right)] = new Merge(rank, whole);

    /// <summary>The rank of a pair (lower is merged first), or <see cref="NoRank"/>.</summary>
    public int Rank(int left, int right, out int whole)
    {
        if (_merges.TryGetValue(Key(left, right), out Merge merge))
        {
            whole = merge.Whole;
            return merge.Rank;
        }

        whole = -1;
        return NoRank;
    }

    private static long Key(int left, int right) => ((long)left << 32) | (uint)right;

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Merge(int Rank, int Whole);
}
