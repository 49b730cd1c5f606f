using LlmPlatform.Hub.Configuration;
using LlmPlatform.Modeling.Bodies;
using LlmPlatform.Modeling.Layers;
using TorchSharp.Utils;

namespace LlmPlatform.Modeling.Heads;

/// <summary>A llama decoder that scores a text by its last token: reward models.</summary>
internal sealed class LlamaForSequenceClassification : ClassificationModel
{
    [ComponentName(Name = "model")]
    private readonly LlamaBody _body;

    [ComponentName(Name = "score")]
    private readonly LinearLayer _score;

    public LlamaForSequenceClassification(ModelConfig config, ScalarType dtype)
        : base(nameof(LlamaForSequenceClassification), config)
    {
        LabelCount = LabelsOf(config);
        _body = new LlamaBody(config, dtype);
        _score = new LinearLayer(_body.HiddenSize, LabelCount, bias: false, dtype);
        RegisterComponents();
    }

    public override ModelBody Body => _body;

    public override string Architecture => nameof(LlamaForSequenceClassification);

    public override int LabelCount { get; }

    internal override string BodyPrefix => "model";

    internal override LinearLayer OutputLayer => _score;

    public override Tensor Forward(ModelInput input)
    {
        Tensor hidden = _body.Forward(input).LastHiddenState;
        Tensor last = LastTokens(input.InputIds).view(-1, 1, 1).expand(-1, 1, hidden.shape[2]);
        return _score.call(hidden.gather(1, last).squeeze(1));
    }

    /// <summary>
    /// [batch]: the last place whose id is not the padding's, by the ids and not by the mask; the last of all where the
    /// configuration names no padding.
    /// </summary>
    private Tensor LastTokens(Tensor ids)
    {
        long length = ids.shape[1];
        if (_body.Config.PadTokenId is not (>= 0 and int padding))
        {
            return full([ids.shape[0]], length - 1, dtype: ScalarType.Int64, device: ids.device);
        }

        Tensor places = arange(length, dtype: ScalarType.Int64, device: ids.device);
        return (ids.ne(padding) * places).amax([-1]);
    }
}
