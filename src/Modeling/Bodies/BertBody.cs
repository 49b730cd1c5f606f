using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Modeling.Attention;
using LlmPlatform.Modeling.FeedForward;
using LlmPlatform.Modeling.Layers;
using TorchSharp;
using TorchSharp.Utils;

namespace LlmPlatform.Modeling.Bodies;

/// <summary>The encoder of the BERT family (transformers: <c>BertModel</c>). No dropout.</summary>
public sealed class BertBody : ModelBody
{
    [ComponentName(Name = "embeddings")]
    private readonly BertEmbeddings _embeddings;

    [ComponentName(Name = "encoder")]
    private readonly BertLayers _layers;

    [ComponentName(Name = "pooler")]
    private readonly ActivatedDense? _pooler;

    /// <summary>A body without numbers.</summary>
    /// <exception cref="Hub.InvalidModelFileException">The configuration is wrong or asks for what is not known.</exception>
    internal BertBody(ModelConfig config, bool pooler, ScalarType dtype)
        : base(nameof(BertBody))
    {
        Config = BertConfig.From(config);
        Func<Tensor, Tensor> activation = Activation.Find(Config.HiddenAct) ?? throw config.Invalid("hidden_act", "the name of a known activation");
        _embeddings = new BertEmbeddings(Config, dtype);
        _layers = new BertLayers(Enumerable.Range(0, Config.NumHiddenLayers).Select(_ => new BertLayer(Config, activation, dtype)));
        _pooler = pooler ? new ActivatedDense(Config.HiddenSize, Config.HiddenSize, tanh, dtype) : null;
        RegisterComponents();
    }

    /// <summary>The settings.</summary>
    public BertConfig Config { get; }

    /// <inheritdoc/>
    public override int HiddenSize => Config.HiddenSize;

    /// <inheritdoc/>
    public override EmbeddingLayer InputEmbedding => _embeddings.Words;

    /// <inheritdoc/>
    public override ModelOutput Forward(ModelInput input, bool outputHiddenStates = false, bool outputAttentions = false)
    {
        ArgumentNullException.ThrowIfNull(input);
        using DisposeScope scope = NewDisposeScope();
        Tensor hidden = _embeddings.Forward(input);
        AttentionMask mask = AttentionMask.ForEncoder(input, hidden.dtype);
        List<Tensor> states = [];
        List<Tensor> attentions = [];
        foreach (BertLayer layer in _layers.All)
        {
            if (outputHiddenStates)
            {
                states.Add(hidden.MoveToOuterDisposeScope());
            }

            (hidden, Tensor? weights) = layer.Forward(hidden, mask, outputAttentions);
            if (weights is not null)
            {
                attentions.Add(weights.MoveToOuterDisposeScope());
            }
        }

        hidden.MoveToOuterDisposeScope();
        if (outputHiddenStates)
        {
            states.Add(hidden);
        }

        Tensor? pooled = _pooler?.call(hidden.select(1, 0)).MoveToOuterDisposeScope();
        return new ModelOutput(hidden, pooled, states, attentions);
    }
}
