using LlmPlatform.Hub.Configuration;

namespace LlmPlatform.Modeling;

/// <summary>Scores the word at each token.</summary>
public abstract class MaskedLanguageModel : LanguageModel
{
    private protected MaskedLanguageModel(string name, ModelConfig config)
        : base(name, config)
    {
    }
}
