using LlmPlatform.Hub.Configuration;
using LlmPlatform.Modeling.Bodies;
using LlmPlatform.Modeling.Layers;
using TorchSharp.Utils;

namespace LlmPlatform.Modeling.Heads;

/// <summary>A BERT encoder with a linear layer named <c>classifier</c>.</summary>
internal abstract class BertForClassification : ClassificationModel
{
    [ComponentName(Name = "bert")]
    private readonly BertBody _body;

    [ComponentName(Name = "classifier")]
    private readonly LinearLayer _classifier;

    protected BertForClassification(string name, ModelConfig config, int labels, bool pooler, ScalarType dtype)
        : base(name, config)
    {
        LabelCount = labels;
        _body = new BertBody(config, pooler, dtype);
        _classifier = new LinearLayer(_body.HiddenSize, labels, bias: true, dtype);
        RegisterComponents();
    }

    public override ModelBody Body => _body;

    public override int LabelCount { get; }

    internal override string BodyPrefix => "bert";

    internal override LinearLayer OutputLayer => _classifier;
}
