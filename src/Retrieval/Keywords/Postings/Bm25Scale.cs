namespace LlmPlatform.Retrieval.Keywords.Postings;

/// <summary>
/// BM25 of one collection at one moment: ln(1 + (N - df + 0.5) / (df + 0.5)) * tf / (tf + k1 * (1 - b + b * length / average)).
/// Scores are summed in whole numbers, 2 to the power of <see cref="Shift"/> being 1, so that their sum is the same in
/// whatever order the terms come, and ties stay ties.
/// </summary>
internal readonly struct Bm25Scale
{
    public const double K1 = 1.2, B = 0.75;

    private readonly double _constant, _perLength;

    /// <param name="averageLength">Average number of terms of a point.</param>
    /// <param name="totalWeight">Sum of the query's weights: no score is higher.</param>
    public Bm25Scale(double averageLength, double totalWeight)
    {
        _constant = K1 * (1 - B);
        _perLength = averageLength > 0 ? K1 * B / averageLength : 0;
        // 2^60 leaves room for the bounds, which are rounded up.
        Shift = 60 - Math.Max(0, (int)Math.Ceiling(Math.Log2(Math.Max(totalWeight, 1))));
        Unit = Math.ScaleB(1, Shift);
    }

    public int Shift { get; }

    /// <summary>What 1 is.</summary>
    public double Unit { get; }

    /// <summary>A term's weight before it is multiplied by how often the query has it.</summary>
    public static double InverseDocumentFrequency(long points, long documentFrequency) =>
        Math.Log(1 + ((points - documentFrequency + 0.5) / (documentFrequency + 0.5)));

    /// <param name="weight">The term's, in units.</param>
    /// <param name="count">How often the point has the term.</param>
    /// <param name="length">The point's number of terms.</param>
    public long Score(double weight, int count, int length) => (long)(weight * (count / (count + _constant + (_perLength * length))));

    /// <summary>No posting of the block scores more.</summary>
    public long Bound(double weight, in PostingsBlock block)
    {
        double most = weight / (1 + (_constant / block.MostCount) + (_perLength * block.LeastRatio));
        return (long)(most * (1 + 1e-12)) + 1;
    }

    public double ToDouble(long score) => score / Unit;
}
