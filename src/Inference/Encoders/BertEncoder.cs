using LlmPlatform.Hub.Architectures;
using LlmPlatform.Inference.Kernels;
using LlmPlatform.Inference.KvCache;

namespace LlmPlatform.Inference.Encoders;

/// <summary>
/// The network of BERT (Devlin et al. 2019): the sum of word, position and segment embeddings, normed; per layer attention
/// over the whole text and a feed-forward, each added to the stream, a norm after each. All in float32. Buffers are
/// [tokens, ...]: the texts of a batch lie one after the other without padding, so padding cannot change anything.
/// </summary>
internal sealed unsafe class BertEncoder : IDisposable
{
    private readonly BertConfig _config;
    private readonly BertWeights _weights;
    private readonly CpuCompute _compute;
    private readonly KvBlockPool _pool;
    private readonly Activation _activation;
    private readonly float _scale;
    private BertBuffers _buffers;

    /// <param name="config">The settings.</param>
    /// <param name="weights">Owned from here on.</param>
    /// <param name="kernels">The path to run.</param>
    /// <param name="threads">Null for as many as there are physical cores.</param>
    /// <param name="activation">Of the feed-forward layers.</param>
    public BertEncoder(BertConfig config, BertWeights weights, KernelSet kernels, int? threads, Activation activation)
    {
        _config = config;
        _weights = weights;
        _activation = activation;
        _scale = 1 / MathF.Sqrt(config.HeadDim);
        int scratch = KernelSet.ScratchFloats(Math.Max(config.HiddenSize, config.IntermediateSize));
        scratch = Math.Max(scratch, KvLayout.ScoreFloats(config.MaxPositionEmbeddings));
        _compute = new CpuCompute(kernels, threads, scratch, "bert kernel");
        // One layer at a time is in use; blocks stay for the next batch.
        _pool = new KvBlockPool(1, config.NumAttentionHeads, config.HeadDim, int.MaxValue / KvLayout.BlockPositions);
        _buffers = new BertBuffers(config, 1);
    }

    /// <summary>For tests: called with (i, hidden state i, tokens); 0 is the normed embedding.</summary>
    public Action<int, NativeMatrix, int>? HiddenObserver { get; set; }

    /// <summary>Bytes of weights held.</summary>
    public long WeightBytes => _weights.ByteLength;

    /// <summary>
    /// Runs texts, each from position 0, and returns the last hidden states [tokens, hidden], text after text, valid until
    /// the next call.
    /// </summary>
    /// <param name="texts">Ids of each text; none empty or longer than the position embedding.</param>
    /// <param name="tokenTypes">Segments of each text's tokens; null for 0.</param>
    public NativeMatrix Forward(IReadOnlyList<int[]> texts, IReadOnlyList<int[]>? tokenTypes = null)
    {
        int count = texts.Sum(text => text.Length);
        List<KvSequence> sequences = [];
        try
        {
            Embed(texts, tokenTypes, count, sequences);
            BertBuffers b = _buffers;
            HiddenObserver?.Invoke(0, b.Hidden, count);
            for (int layer = 0; layer < _weights.Layers.Count; layer++)
            {
                BertLayer weights = _weights.Layers[layer];
                _compute.Linear(b.Hidden, count, weights.Query.Into(b.Query), weights.Key.Into(b.Key), weights.Value.Into(b.Value));
                Remember(count);
                Attend();
                _compute.Linear(b.Attended, count, weights.AttentionOutput.Into(b.Projected));
                AddAndNormalize(weights.AttentionNorm, count);
                _compute.Linear(b.Hidden, count, weights.Intermediate.Into(b.Intermediate));
                _compute.ForEachToken(count, (token, _) =>
                    _compute.Kernels.Activate(_activation, b.Intermediate.Row(token), _config.IntermediateSize));
                _compute.Linear(b.Intermediate, count, weights.Output.Into(b.Projected));
                AddAndNormalize(weights.OutputNorm, count);
                HiddenObserver?.Invoke(layer + 1, b.Hidden, count);
            }

            return b.Hidden;
        }
        finally
        {
            sequences.ForEach(sequence => sequence.Dispose());
        }
    }

    public void Dispose()
    {
        _compute.Dispose();
        _pool.Dispose();
        _buffers.Dispose();
        _weights.Dispose();
    }

    private void Embed(IReadOnlyList<int[]> texts, IReadOnlyList<int[]>? tokenTypes, int count, List<KvSequence> sequences)
    {
        if (count > _buffers.Hidden.Rows)
        {
            _buffers.Dispose();
            _buffers = new BertBuffers(_config, count);
        }

        int token = 0;
        _buffers.Groups.Clear();
        for (int text = 0; text < texts.Count; text++)
        {
            int[] ids = texts[text];
            ArgumentOutOfRangeException.ThrowIfGreaterThan(ids.Length, _config.MaxPositionEmbeddings, nameof(texts));
            KvSequence sequence = _pool.TryReserve(ids.Length) ?? throw new InvalidOperationException("a batch has too many tokens");
            sequences.Add(sequence);
            sequence.Extend(ids.Length);
            for (int position = 0; position < ids.Length; position++)
            {
                int type = tokenTypes?[text][position] ?? 0;
                CheckId(ids[position], _config.VocabSize, "a token id");
                CheckId(type, _config.TypeVocabSize, "a token type");
                _buffers.Groups.Add(token, sequence, position);
                _buffers.Tokens[token++] = new BertToken(ids[position], type, position, sequence);
            }
        }

        _compute.ForEachToken(count, (i, _) =>
        {
            KernelSet kernels = _compute.Kernels;
            float* hidden = _buffers.Hidden.Row(i);
            float* other = _buffers.Projected.Row(i);
            BertToken place = _buffers.Tokens[i];
            kernels.DecodeRow(_weights.Words, place.Id, hidden);
            kernels.DecodeRow(_weights.TokenTypes, place.Type, other);
            kernels.Add(hidden, other, _config.HiddenSize);
            kernels.DecodeRow(_weights.Positions, place.Position, other);
            kernels.Add(hidden, other, _config.HiddenSize);
            Normalize(hidden, _weights.EmbeddingNorm);
        });
    }

    private void Remember(int count) => _compute.ForEachToken(count, (token, _) =>
    {
        BertToken place = _buffers.Tokens[token];
        for (int head = 0; head < _config.NumAttentionHeads; head++)
        {
            int offset = head * _config.HeadDim;
            place.Sequence.Write(0, head, place.Position, _buffers.Key.Row(token) + offset, _buffers.Value.Row(token) + offset);
        }
    });

    // Heads outside, tokens inside: neighbouring work reads the same keys and values.
    private void Attend() => _compute.Pool.Run(_buffers.Groups.Count * _config.NumAttentionHeads, 4, (start, end, thread) =>
    {
        for (int i = start; i < end; i++)
        {
            (int head, int group) = Math.DivRem(i, _buffers.Groups.Count);
            (int token, int count) = _buffers.Groups[group];
            KvSequence sequence = _buffers.Tokens[token].Sequence;
            int offset = head * _config.HeadDim;
            _compute.Kernels.AttendGroup(
                _buffers.Query.Row(token) + offset,
                _buffers.Query.Stride,
                count,
                sequence.Blocks,
                sequence.KeyOffset(0, head),
                sequence.ValueOffset(0, head),
                sequence.Length,
                0,
                _config.HeadDim,
                _scale,
                _compute.Scratch(thread),
                _buffers.Attended.Row(token) + offset,
                _buffers.Attended.Stride);
        }
    });

    private void AddAndNormalize(NormWeights norm, int count) => _compute.ForEachToken(count, (token, _) =>
    {
        float* hidden = _buffers.Hidden.Row(token);
        _compute.Kernels.Add(hidden, _buffers.Projected.Row(token), _config.HiddenSize);
        Normalize(hidden, norm);
    });

    private void Normalize(float* hidden, NormWeights norm) => _compute.Kernels.LayerNorm(
        hidden, norm.Weight.Data, norm.Bias.Data, hidden, _config.HiddenSize, (float)_config.LayerNormEps);

    private static void CheckId(int id, int limit, string what)
    {
        if ((uint)id >= (uint)limit)
        {
            throw new ArgumentOutOfRangeException(nameof(id), id, $"{what} must be from 0 to {limit - 1}");
        }
    }
}
