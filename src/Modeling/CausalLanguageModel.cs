using LlmPlatform.Hub.Configuration;

namespace LlmPlatform.Modeling;

/// <summary>Scores the word after each token.</summary>
public abstract class CausalLanguageModel : LanguageModel
{
    private protected CausalLanguageModel(string name, ModelConfig config)
        : base(name, config)
    {
    }
}
