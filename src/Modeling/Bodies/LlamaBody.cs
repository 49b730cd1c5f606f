using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Modeling.Attention;
using LlmPlatform.Modeling.FeedForward;
using LlmPlatform.Modeling.Layers;
using LlmPlatform.Modeling.Normalization;
using LlmPlatform.Modeling.Positions;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace LlmPlatform.Modeling.Bodies;

/// <summary>The decoder of the llama family (transformers: <c>LlamaModel</c>).</summary>
public sealed class LlamaBody : ModelBody
{
    [ComponentName(Name = "embed_tokens")]
    private readonly EmbeddingLayer _embedding;

    [ComponentName(Name = "layers")]
    private readonly ModuleList<LlamaLayer> _layers;

    [ComponentName(Name = "norm")]
    private readonly RmsNorm _norm;

    private readonly RotaryPositions _positions;

    /// <summary>A body without numbers.</summary>
    /// <exception cref="Hub.InvalidModelFileException">The configuration is wrong or asks for what is not known.</exception>
    internal LlamaBody(ModelConfig config, ScalarType dtype)
        : base(nameof(LlamaBody))
    {
        Config = LlamaConfig.From(config);
        Func<Tensor, Tensor> activation = Activation.Find(Config.HiddenAct) ?? throw config.Invalid("hidden_act", "the name of a known activation");
        _positions = new RotaryPositions(Config);
        _embedding = new EmbeddingLayer(Config.VocabSize, Config.HiddenSize, Config.PadTokenId, dtype);
        _layers = new ModuleList<LlamaLayer>(
            [.. Enumerable.Range(0, Config.NumHiddenLayers).Select(_ => new LlamaLayer(Config, activation, dtype))]);
        _norm = new RmsNorm(Config.HiddenSize, Config.RmsNormEps, dtype);
        RegisterComponents();
    }

    /// <summary>The settings.</summary>
    public LlamaConfig Config { get; }

    /// <inheritdoc/>
    public override int HiddenSize => Config.HiddenSize;

    /// <inheritdoc/>
    public override EmbeddingLayer InputEmbedding => _embedding;

    /// <inheritdoc/>
    public override ModelOutput Forward(ModelInput input, bool outputHiddenStates = false, bool outputAttentions = false)
    {
        ArgumentNullException.ThrowIfNull(input);
        using DisposeScope scope = NewDisposeScope();
        Tensor hidden = _embedding.call(input.InputIds);
        Tensor positions = input.PositionIds ?? arange(input.InputIds.shape[1], dtype: ScalarType.Int64, device: hidden.device).unsqueeze(0);
        RotaryTable rotary = _positions.TableFor(positions, hidden.dtype);
        AttentionMask mask = AttentionMask.ForDecoder(input, positions, hidden.dtype);
        List<Tensor> states = [];
        List<Tensor> attentions = [];
        foreach (LlamaLayer layer in _layers)
        {
            if (outputHiddenStates)
            {
                states.Add(hidden.MoveToOuterDisposeScope());
            }

            (hidden, Tensor? weights) = layer.Forward(hidden, rotary, mask, outputAttentions);
            if (weights is not null)
            {
                attentions.Add(weights.MoveToOuterDisposeScope());
            }
        }

        Tensor last = _norm.call(hidden).MoveToOuterDisposeScope();
        if (outputHiddenStates)
        {
            states.Add(last);
        }

        return new ModelOutput(last, null, states, attentions);
    }
}
