namespace LlmPlatform.Inference.Decoders;

/// <summary>What a <see cref="LlamaBackend"/> may use of the machine.</summary>
public sealed record LlamaBackendOptions
{
    /// <summary>Threads that share the work; null for as many as there are physical cores.</summary>
    public int? Threads { get; init; }

    /// <summary>
    /// Bytes for keys and values, taken from the system as they are needed. A context longer than fits in it is cut to what fits.
    /// </summary>
    public long KvCacheBytes { get; init; } = 1L << 30;
}
