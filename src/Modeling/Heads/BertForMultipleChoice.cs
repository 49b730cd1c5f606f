using LlmPlatform.Hub.Configuration;

namespace LlmPlatform.Modeling.Heads;

/// <summary>Which of several texts: ids are [batch, choices, sequence], scores [batch, choices].</summary>
internal sealed class BertForMultipleChoice(ModelConfig config, ScalarType dtype)
    : BertForClassification(nameof(BertForMultipleChoice), config, labels: 1, pooler: true, dtype)
{
    public override string Architecture => nameof(BertForMultipleChoice);

    public override Tensor Forward(ModelInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        ModelInput rows = new(
            input.InputIds.flatten(0, 1),
            input.AttentionMask?.flatten(0, 1),
            input.PositionIds?.flatten(0, 1),
            input.TokenTypeIds?.flatten(0, 1));
        return OutputLayer.call(Body.Forward(rows).PoolerOutput!).view(input.InputIds.shape[0], input.InputIds.shape[1]);
    }
}
