using LlmPlatform.Hub.Architectures;
using LlmPlatform.Modeling.Layers;
using LlmPlatform.Modeling.Normalization;
using TorchSharp;
using TorchSharp.Utils;

namespace LlmPlatform.Modeling.Bodies;

/// <summary>norm(word + segment + position).</summary>
internal sealed class BertEmbeddings : nn.Module
{
    [ComponentName(Name = "word_embeddings")]
    private readonly EmbeddingLayer _words;

    [ComponentName(Name = "position_embeddings")]
    private readonly EmbeddingLayer _positions;

    [ComponentName(Name = "token_type_embeddings")]
    private readonly EmbeddingLayer _segments;

    [ComponentName(Name = "LayerNorm")]
    private readonly LayerNorm _norm;

    public BertEmbeddings(BertConfig config, ScalarType dtype)
        : base(nameof(BertEmbeddings))
    {
        _words = new EmbeddingLayer(config.VocabSize, config.HiddenSize, config.PadTokenId, dtype);
        _positions = new EmbeddingLayer(config.MaxPositionEmbeddings, config.HiddenSize, null, dtype);
        _segments = new EmbeddingLayer(config.TypeVocabSize, config.HiddenSize, null, dtype);
        _norm = new LayerNorm(config.HiddenSize, config.LayerNormEps, dtype);
        RegisterComponents();
    }

    public EmbeddingLayer Words => _words;

    /// <summary>[batch, sequence, hidden].</summary>
    /// <exception cref="ArgumentException">More tokens than there are positions.</exception>
    public Tensor Forward(ModelInput input)
    {
        long length = input.InputIds.shape[1];
        if (input.PositionIds is null && length > _positions.Rows)
        {
            throw new ArgumentException($"{length} tokens, expected at most max_position_embeddings = {_positions.Rows}", nameof(input));
        }

        Tensor positions = input.PositionIds ?? arange(length, dtype: ScalarType.Int64, device: input.InputIds.device).unsqueeze(0);
        Tensor segments = input.TokenTypeIds ?? zeros_like(input.InputIds);
        return _norm.call(_words.call(input.InputIds) + _segments.call(segments) + _positions.call(positions));
    }
}
