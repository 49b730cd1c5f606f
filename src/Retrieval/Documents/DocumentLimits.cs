namespace LlmPlatform.Retrieval.Documents;

/// <summary>What a document may cost.</summary>
public sealed record DocumentLimits
{
    /// <summary>Bytes of the file.</summary>
    public long MaxBytes { get; init; } = 64L << 20;

    /// <summary>Bytes of all parts of a container together, uncompressed, counted while they are inflated.</summary>
    public long MaxUncompressedBytes { get; init; } = 256L << 20;

    /// <summary>UTF-16 code units of the text that comes out.</summary>
    public int MaxTextLength { get; init; } = 32 << 20;

    /// <summary>How deep elements, arrays and the like may nest.</summary>
    public int MaxDepth { get; init; } = 256;

    /// <summary>Blocks, rows, cells or pages.</summary>
    public int MaxParts { get; init; } = 1_000_000;

    /// <summary>How long reading may take.</summary>
    public TimeSpan MaxTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Bytes that the reading process may occupy.</summary>
    public long MaxMemory { get; init; } = 512L << 20;
}
