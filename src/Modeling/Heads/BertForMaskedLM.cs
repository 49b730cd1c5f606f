using LlmPlatform.Hub.Configuration;
using LlmPlatform.Modeling.Bodies;
using LlmPlatform.Modeling.FeedForward;
using LlmPlatform.Modeling.Layers;
using TorchSharp.Utils;

namespace LlmPlatform.Modeling.Heads;

/// <summary>A BERT encoder that scores the words at masked places; with <c>BertForPreTraining</c> also whether texts follow each other.</summary>
internal sealed class BertForMaskedLM : MaskedLanguageModel
{
    public const string WithRelationship = "BertForPreTraining";

    [ComponentName(Name = "bert")]
    private readonly BertBody _body;

    [ComponentName(Name = "cls")]
    private readonly BertPreTrainingHeads _heads;

    public BertForMaskedLM(ModelConfig config, bool relationship, ScalarType dtype)
        : base(nameof(BertForMaskedLM), config)
    {
        _body = new BertBody(config, pooler: relationship, dtype);
        Func<Tensor, Tensor> activation = Activation.Find(_body.Config.HiddenAct)!;
        bool tied = config.GetBoolean("tie_word_embeddings", true);
        _heads = new BertPreTrainingHeads(
            new BertPredictions(_body.Config, activation, tied ? _body.InputEmbedding : null, dtype),
            relationship ? new LinearLayer(_body.HiddenSize, 2, bias: true, dtype) : null);
        RegisterComponents();
    }

    public override ModelBody Body => _body;

    public override string Architecture => _heads.Relationship is null ? nameof(BertForMaskedLM) : WithRelationship;

    internal override string BodyPrefix => "bert";

    internal override LinearLayer OutputLayer => _heads.Predictions!.Decoder;

    public override Tensor Head(Tensor hidden) => _heads.Predictions!.call(hidden);

    /// <summary>Scores of "follows" and "does not" [batch, 2] for the pooled first token; null for a model without that head.</summary>
    public Tensor? Relationship(Tensor pooled) => _heads.Relationship?.call(pooled);

    // Old files have one of the two names of the same bias.
    internal override string? OtherName(string name) => name switch
    {
        "cls.predictions.bias" => "cls.predictions.decoder.bias",
        "cls.predictions.decoder.bias" => "cls.predictions.bias",
        _ => null,
    };
}
