using LlmPlatform.Hub.Architectures;
using LlmPlatform.Inference.Kernels;
using LlmPlatform.Inference.KvCache;

namespace LlmPlatform.Inference.Encoders;

/// <summary>A token of a batch: what is looked up for it, and where its text's keys and values are.</summary>
internal readonly record struct BertToken(int Id, int Type, int Position, KvSequence Sequence);

/// <summary>The activations of a batch of so many tokens.</summary>
internal sealed class BertBuffers(BertConfig config, int tokens) : IDisposable
{
    public BertToken[] Tokens { get; } = new BertToken[tokens];

    /// <summary>The tokens in groups whose attention is worked out together.</summary>
    public QueryGroups Groups { get; } = new();

    /// <summary>The stream, [tokens, hidden].</summary>
    public NativeMatrix Hidden { get; } = new(tokens, config.HiddenSize);

    /// <summary>What a branch adds to the stream, [tokens, hidden].</summary>
    public NativeMatrix Projected { get; } = new(tokens, config.HiddenSize);

    /// <summary>[tokens, hidden].</summary>
    public NativeMatrix Query { get; } = new(tokens, config.HiddenSize);

    /// <summary>[tokens, hidden].</summary>
    public NativeMatrix Key { get; } = new(tokens, config.HiddenSize);

    /// <summary>[tokens, hidden].</summary>
    public NativeMatrix Value { get; } = new(tokens, config.HiddenSize);

    /// <summary>[tokens, hidden].</summary>
    public NativeMatrix Attended { get; } = new(tokens, config.HiddenSize);

    /// <summary>[tokens, intermediate].</summary>
    public NativeMatrix Intermediate { get; } = new(tokens, config.IntermediateSize);

    public void Dispose()
    {
        foreach (NativeMatrix matrix in (NativeMatrix[])[Hidden, Projected, Query, Key, Value, Attended, Intermediate])
        {
            matrix.Dispose();
        }
    }
}
