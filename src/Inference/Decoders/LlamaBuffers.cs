using LlmPlatform.Hub.Architectures;
using LlmPlatform.Inference.Kernels;
using LlmPlatform.Inference.KvCache;

namespace LlmPlatform.Inference.Decoders;

/// <summary>The activations of a step, for so many tokens and outputs.</summary>
internal sealed class LlamaBuffers(LlamaConfig config, int tokens, int outputs) : IDisposable
{
    public DecoderToken[] Tokens { get; } = new DecoderToken[tokens];

    /// <summary>The tokens in groups whose attention is worked out together.</summary>
    public QueryGroups Groups { get; } = new();

    /// <summary>The stream, [tokens, hidden].</summary>
    public NativeMatrix Hidden { get; } = new(tokens, config.HiddenSize);

    /// <summary>[tokens, hidden].</summary>
    public NativeMatrix Normalized { get; } = new(tokens, config.HiddenSize);

    /// <summary>What a branch adds to the stream, [tokens, hidden].</summary>
    public NativeMatrix Projected { get; } = new(tokens, config.HiddenSize);

    /// <summary>[tokens, heads * headDim].</summary>
    public NativeMatrix Query { get; } = new(tokens, config.NumAttentionHeads * config.HeadDim);

    /// <summary>[tokens, kv heads * headDim].</summary>
    public NativeMatrix Key { get; } = new(tokens, config.NumKeyValueHeads * config.HeadDim);

    /// <summary>[tokens, kv heads * headDim].</summary>
    public NativeMatrix Value { get; } = new(tokens, config.NumKeyValueHeads * config.HeadDim);

    /// <summary>[tokens, heads * headDim].</summary>
    public NativeMatrix Attended { get; } = new(tokens, config.NumAttentionHeads * config.HeadDim);

    /// <summary>[tokens, intermediate].</summary>
    public NativeMatrix Gate { get; } = new(tokens, config.IntermediateSize);

    /// <summary>[tokens, intermediate].</summary>
    public NativeMatrix Up { get; } = new(tokens, config.IntermediateSize);

    /// <summary>[tokens, pairs].</summary>
    public NativeMatrix Cos { get; } = new(tokens, config.HeadDim / 2);

    /// <summary>[tokens, pairs].</summary>
    public NativeMatrix Sin { get; } = new(tokens, config.HeadDim / 2);

    /// <summary>Normalized rows that the output matrix is applied to, [outputs, hidden].</summary>
    public NativeMatrix Outputs { get; } = new(outputs, config.HiddenSize);

    /// <summary>[outputs, vocabulary].</summary>
    public NativeMatrix Logits { get; } = new(outputs, config.VocabSize);

    public void Dispose()
    {
        foreach (NativeMatrix matrix in (NativeMatrix[])[
            Hidden, Normalized, Projected, Query, Key, Value, Attended, Gate, Up, Cos, Sin, Outputs, Logits])
        {
            matrix.Dispose();
        }
    }
}
