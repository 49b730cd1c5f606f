using LlmPlatform.Hub.Configuration;
using LlmPlatform.Modeling.Bodies;
using LlmPlatform.Modeling.Layers;
using TorchSharp.Utils;

namespace LlmPlatform.Modeling.Heads;

/// <summary>Scores of every token as the start (0) and as the end (1) of an answer: [batch, sequence, 2].</summary>
internal sealed class BertForQuestionAnswering : ClassificationModel
{
    [ComponentName(Name = "bert")]
    private readonly BertBody _body;

    [ComponentName(Name = "qa_outputs")]
    private readonly LinearLayer _outputs;

    public BertForQuestionAnswering(ModelConfig config, ScalarType dtype)
        : base(nameof(BertForQuestionAnswering), config)
    {
        _body = new BertBody(config, pooler: false, dtype);
        _outputs = new LinearLayer(_body.HiddenSize, LabelCount, bias: true, dtype);
        RegisterComponents();
    }

    public override ModelBody Body => _body;

    public override string Architecture => nameof(BertForQuestionAnswering);

    public override int LabelCount => 2;

    internal override string BodyPrefix => "bert";

    internal override LinearLayer OutputLayer => _outputs;

    public override Tensor Forward(ModelInput input) => _outputs.call(_body.Forward(input).LastHiddenState);
}
