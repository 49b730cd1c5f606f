using LlmPlatform.Hub.Architectures;
using LlmPlatform.Inference.Kernels;
using LlmPlatform.Inference.KvCache;
using LlmPlatform.Inference.Positions;

namespace LlmPlatform.Inference.Decoders;

/// <summary>A token of a step.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Sequence">Whose it is.</param>
/// <param name="Position">Its position in the sequence; the sequence has been extended to hold it.</param>
/// <param name="CallLength">For rotary frequencies that depend on it: see <see cref="RotaryEmbedding"/>.</param>
internal readonly record struct DecoderToken(int Id, KvSequence Sequence, int Position, int CallLength);

/// <summary>
/// The network of the llama family: embedding; per layer RMS norm, attention with rotary positions and grouped heads,
/// RMS norm, gated feed-forward, each added to the stream; a last norm and the output matrix. All in float32.
/// Buffers are [tokens, ...]: the tokens of all sequences of a step one after the other, no padding.
/// </summary>
internal sealed unsafe class LlamaDecoder : IDisposable
{
    private readonly LlamaConfig _config;
    private readonly LlamaWeights _weights;
    private readonly CpuCompute _compute;
    private readonly RotaryEmbedding _rotary;
    private readonly Activation _activation;
    private readonly float _scale;
    private LlamaBuffers _buffers;

    /// <param name="config">The settings.</param>
    /// <param name="weights">Owned from here on.</param>
    /// <param name="kernels">The path to run.</param>
    /// <param name="threads">Null for as many as there are physical cores.</param>
    /// <param name="contextLength">The longest sequence.</param>
    /// <param name="activation">Of the feed-forward layers.</param>
    public LlamaDecoder(LlamaConfig config, LlamaWeights weights, KernelSet kernels, int? threads, int contextLength, Activation activation)
    {
        _config = config;
        _weights = weights;
        _activation = activation;
        _scale = 1 / MathF.Sqrt(config.HeadDim);
        _rotary = new RotaryEmbedding(config.RopeParameters, config.HeadDim, config.MaxPositionEmbeddings);
        int widest = Math.Max(Math.Max(config.HiddenSize, config.IntermediateSize), config.NumAttentionHeads * config.HeadDim);
        int scratch = Math.Max(KernelSet.ScratchFloats(widest), KvLayout.ScoreFloats(contextLength));
        _compute = new CpuCompute(kernels, threads, scratch, "llama kernel");
        _buffers = new LlamaBuffers(config, 1, 1);
    }

    /// <summary>For tests: called with (i, hidden state i, tokens); 0 is the embedding, the last has passed the last norm.</summary>
    public Action<int, NativeMatrix, int>? HiddenObserver { get; set; }

    /// <summary>Bytes of weights held.</summary>
    public long WeightBytes => _weights.ByteLength;

    /// <summary>
    /// Runs <paramref name="tokens"/> and returns the logits of those at <paramref name="outputs"/>, [outputs, vocabulary],
    /// valid until the next call.
    /// </summary>
    public NativeMatrix Forward(ReadOnlySpan<DecoderToken> tokens, ReadOnlySpan<int> outputs)
    {
        Prepare(tokens, outputs.Length);
        int count = tokens.Length;
        LlamaBuffers b = _buffers;
        HiddenObserver?.Invoke(0, b.Hidden, count);
        for (int layer = 0; layer < _weights.Layers.Count; layer++)
        {
            LlamaLayer weights = _weights.Layers[layer];
            if (layer == 0)
            {
                Normalize(weights.InputNorm, count);
            }

            _compute.Linear(b.Normalized, count, weights.Query.Into(b.Query), weights.Key.Into(b.Key), weights.Value.Into(b.Value));
            Remember(layer, count);
            Attend(layer);
            _compute.Linear(b.Attended, count, weights.AttentionOutput.Into(b.Projected));
            AddAndNormalize(weights.PostAttentionNorm, count);
            _compute.Linear(b.Normalized, count, weights.Gate.Into(b.Gate), weights.Up.Into(b.Up));
            _compute.ForEachToken(count, (token, _) =>
                _compute.Kernels.ActivateGated(_activation, b.Gate.Row(token), b.Up.Row(token), _config.IntermediateSize));
            _compute.Linear(b.Gate, count, weights.Down.Into(b.Projected));
            bool last = layer == _weights.Layers.Count - 1;
            AddAndNormalize(last ? _weights.FinalNorm : _weights.Layers[layer + 1].InputNorm, count);
            HiddenObserver?.Invoke(layer + 1, last ? b.Normalized : b.Hidden, count);
        }

        for (int i = 0; i < outputs.Length; i++)
        {
            b.Normalized.RowSpan(outputs[i]).CopyTo(b.Outputs.RowSpan(i));
        }

        if (outputs.Length > 0)
        {
            _compute.Linear(b.Outputs, outputs.Length, _weights.Head.Into(b.Logits));
        }

        return b.Logits;
    }

    public void Dispose()
    {
        _compute.Dispose();
        _buffers.Dispose();
        _weights.Dispose();
    }

    // Embeddings, and each token's cosines and sines.
    private void Prepare(ReadOnlySpan<DecoderToken> tokens, int outputs)
    {
        if (tokens.Length > _buffers.Hidden.Rows || outputs > _buffers.Logits.Rows)
        {
            int tokenRoom = Math.Max(tokens.Length, _buffers.Hidden.Rows);
            int outputRoom = Math.Max(outputs, _buffers.Logits.Rows);
            _buffers.Dispose();
            _buffers = new LlamaBuffers(_config, tokenRoom, outputRoom);
        }

        _buffers.Groups.Clear();
        int length = -1;
        ReadOnlySpan<float> frequencies = default;
        for (int i = 0; i < tokens.Length; i++)
        {
            DecoderToken token = tokens[i];
            _buffers.Tokens[i] = token;
            _buffers.Groups.Add(i, token.Sequence, token.Position);
            _compute.Kernels.DecodeRow(_weights.Embedding, token.Id, _buffers.Hidden.Row(i));
            _weights.EmbeddingAdapter?.Add(_compute.Kernels, token.Id, _buffers.Hidden.Row(i));
            if (token.CallLength != length)
            {
                length = token.CallLength;
                frequencies = _rotary.FrequenciesFor(length);
            }

            _rotary.Fill(frequencies, token.Position, _buffers.Cos.RowSpan(i), _buffers.Sin.RowSpan(i));
        }
    }

    private void Normalize(NativeMatrix norm, int count) => _compute.ForEachToken(count, (token, _) =>
        _compute.Kernels.RmsNorm(
            _buffers.Hidden.Row(token), norm.Data, _buffers.Normalized.Row(token), _config.HiddenSize, (float)_config.RmsNormEps));

    // The stream takes the branch's result; what follows reads it normalized.
    private void AddAndNormalize(NativeMatrix norm, int count) => _compute.ForEachToken(count, (token, _) =>
    {
        float* hidden = _buffers.Hidden.Row(token);
        _compute.Kernels.Add(hidden, _buffers.Projected.Row(token), _config.HiddenSize);
        _compute.Kernels.RmsNorm(hidden, norm.Data, _buffers.Normalized.Row(token), _config.HiddenSize, (float)_config.RmsNormEps);
    });

    // Rotates queries and keys, and puts keys and values into the cache.
    private void Remember(int layer, int count) => _compute.ForEachToken(count, (token, _) =>
    {
        int headDim = _config.HeadDim;
        float* cos = _buffers.Cos.Row(token);
        float* sin = _buffers.Sin.Row(token);
        for (int head = 0; head < _config.NumAttentionHeads; head++)
        {
            _compute.Kernels.Rotate(_buffers.Query.Row(token) + (head * headDim), cos, sin, _rotary.Pairs);
        }

        DecoderToken place = _buffers.Tokens[token];
        for (int head = 0; head < _config.NumKeyValueHeads; head++)
        {
            float* key = _buffers.Key.Row(token) + (head * headDim);
            _compute.Kernels.Rotate(key, cos, sin, _rotary.Pairs);
            place.Sequence.Write(layer, head, place.Position, key, _buffers.Value.Row(token) + (head * headDim));
        }
    });

    private void Attend(int layer)
    {
        int heads = _config.NumAttentionHeads, headDim = _config.HeadDim;
        int shared = heads / _config.NumKeyValueHeads;
        _compute.Pool.Run(_buffers.Groups.Count * heads, 4, (start, end, thread) =>
        {
            for (int i = start; i < end; i++)
            {
                (int group, int head) = Math.DivRem(i, heads);
                (int token, int count) = _buffers.Groups[group];
                DecoderToken place = _buffers.Tokens[token];
                _compute.Kernels.AttendGroup(
                    _buffers.Query.Row(token) + (head * headDim),
                    _buffers.Query.Stride,
                    count,
                    place.Sequence.Blocks,
                    place.Sequence.KeyOffset(layer, head / shared),
                    place.Sequence.ValueOffset(layer, head / shared),
                    place.Position + 1,
                    1,
                    headDim,
                    _scale,
                    _compute.Scratch(thread),
                    _buffers.Attended.Row(token) + (head * headDim),
                    _buffers.Attended.Stride);
            }
        });
    }
}
