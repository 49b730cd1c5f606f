using LlmPlatform.Hub.Configuration;
using LlmPlatform.Modeling.Bodies;
using LlmPlatform.Modeling.Layers;
using TorchSharp.Utils;

namespace LlmPlatform.Modeling.Heads;

/// <summary>Whether the second text follows the first (0) or not (1).</summary>
internal sealed class BertForNextSentencePrediction : ClassificationModel
{
    [ComponentName(Name = "bert")]
    private readonly BertBody _body;

    [ComponentName(Name = "cls")]
    private readonly BertPreTrainingHeads _heads;

    public BertForNextSentencePrediction(ModelConfig config, ScalarType dtype)
        : base(nameof(BertForNextSentencePrediction), config)
    {
        _body = new BertBody(config, pooler: true, dtype);
        _heads = new BertPreTrainingHeads(null, new LinearLayer(_body.HiddenSize, LabelCount, bias: true, dtype));
        RegisterComponents();
    }

    public override ModelBody Body => _body;

    public override string Architecture => nameof(BertForNextSentencePrediction);

    public override int LabelCount => 2;

    internal override string BodyPrefix => "bert";

    internal override LinearLayer OutputLayer => _heads.Relationship!;

    public override Tensor Forward(ModelInput input) => OutputLayer.call(_body.Forward(input).PoolerOutput!);
}
