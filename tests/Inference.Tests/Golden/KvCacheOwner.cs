using LlmPlatform.Hub.Architectures;
using LlmPlatform.Inference.KvCache;

namespace LlmPlatform.Inference.Tests.Golden;

/// <summary>Keys and values of one sequence that is as long as it will get.</summary>
internal sealed class KvCacheOwner : IDisposable
{
    private readonly KvBlockPool _pool;

    public KvCacheOwner(LlamaConfig config, int length)
    {
        _pool = new KvBlockPool(config.NumHiddenLayers, config.NumKeyValueHeads, config.HeadDim, length);
        Sequence = _pool.TryReserve(length)!;
        Sequence.Extend(length);
    }

    public KvSequence Sequence { get; }

    public void Dispose()
    {
        Sequence.Dispose();
        _pool.Dispose();
    }
}
