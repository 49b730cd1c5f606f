namespace LlmPlatform.Training.Data;

/// <summary>Puts pairs into batches.</summary>
/// <param name="padId">What fills rows up.</param>
public sealed class PairCollator(int padId)
{
    /// <summary>Makes a batch.</summary>
    /// <param name="rows">At least one, with as many negatives each.</param>
    public PairBatch Collate(IReadOnlyList<PairExample> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfZero(rows.Count, nameof(rows));
        return new PairBatch(
            Column(row => row.Anchor),
            Column(row => row.Positive),
            [.. Enumerable.Range(0, rows[0].Negatives.Length).Select(i => Column(row => row.Negatives[i]))]);

        PaddedIds Column(Func<PairExample, int[]> text) => PaddedIds.Pad([.. rows.Select(text)], padId);
    }
}
