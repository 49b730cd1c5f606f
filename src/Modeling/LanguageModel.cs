using LlmPlatform.Hub.Configuration;

namespace LlmPlatform.Modeling;

/// <summary>A body with a head that scores the words of the vocabulary.</summary>
public abstract class LanguageModel : PreTrainedModel
{
    private protected LanguageModel(string name, ModelConfig config)
        : base(name, config)
    {
    }

    /// <summary>Scores of every token, [batch, sequence, vocab].</summary>
    public Tensor Forward(ModelInput input) => Head(HiddenStates(input));

    /// <summary>The last hidden states [batch, sequence, hidden].</summary>
    public Tensor HiddenStates(ModelInput input) => Body.Forward(input).LastHiddenState;

    /// <summary>
    /// Scores [..., vocab] for hidden states [..., hidden]: a loss that counts few positions needs the head of those only.
    /// </summary>
    public abstract Tensor Head(Tensor hidden);
}
