using LlmPlatform.Hub.Configuration;

namespace LlmPlatform.Modeling.Heads;

/// <summary>Classes of a text, by the pooled first token.</summary>
internal sealed class BertForSequenceClassification(ModelConfig config, ScalarType dtype)
    : BertForClassification(nameof(BertForSequenceClassification), config, LabelsOf(config), pooler: true, dtype)
{
    public override string Architecture => nameof(BertForSequenceClassification);

    public override Tensor Forward(ModelInput input) => OutputLayer.call(Body.Forward(input).PoolerOutput!);
}
