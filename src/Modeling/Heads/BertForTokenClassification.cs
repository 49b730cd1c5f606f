using LlmPlatform.Hub.Configuration;

namespace LlmPlatform.Modeling.Heads;

/// <summary>Classes of every token.</summary>
internal sealed class BertForTokenClassification(ModelConfig config, ScalarType dtype)
    : BertForClassification(nameof(BertForTokenClassification), config, LabelsOf(config), pooler: false, dtype)
{
    public override string Architecture => nameof(BertForTokenClassification);

    public override Tensor Forward(ModelInput input) => OutputLayer.call(Body.Forward(input).LastHiddenState);
}
