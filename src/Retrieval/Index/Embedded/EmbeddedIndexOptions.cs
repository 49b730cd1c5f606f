namespace LlmPlatform.Retrieval.Index.Embedded;

/// <summary>How the embedded index works.</summary>
public sealed record EmbeddedIndexOptions
{
    /// <summary>Threads of one search.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>How many times as many vectors as wanted are scored by float32 after the scan of 8-bit numbers.</summary>
    public int OverFetch { get; init; } = 4;

    /// <summary>Points of a collection that are kept in memory before they are written as a segment.</summary>
    public int TailPoints { get; init; } = 4096;

    /// <summary>Segments of about one size that are merged into one.</summary>
    public int MergeSegments { get; init; } = 8;

    /// <summary>Collections that are kept open at once; the one not used for longest is closed for another.</summary>
    public int OpenCollections { get; init; } = 32;

    /// <exception cref="ArgumentOutOfRangeException">A number is too small.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Threads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(OverFetch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(TailPoints, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MergeSegments, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(OpenCollections, 1);
    }
}
