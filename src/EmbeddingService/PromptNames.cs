using LlmPlatform.Contracts.Embedding.V1;

namespace LlmPlatform.EmbeddingService;

/// <summary>Which of a model's prompts an input type means.</summary>
internal static class PromptNames
{
    private static readonly string[] DocumentPrompts = ["document", "passage", "corpus"];

    /// <summary>
    /// The prompt's text: of <c>query</c>; of the first of document, passage, corpus that the model has; of
    /// default_prompt_name where nothing is asked for. A prompt that the model lacks means none.
    /// </summary>
    public static string Resolve(InputType type, IReadOnlyDictionary<string, string> prompts, string? defaultPromptName)
    {
        string? name = type switch
        {
            InputType.Query => "query",
            InputType.Document => Array.Find(DocumentPrompts, prompts.ContainsKey),
            InputType.None => null,
            _ => defaultPromptName,
        };
        return name is not null && prompts.TryGetValue(name, out string? prompt) ? prompt : "";
    }
}
