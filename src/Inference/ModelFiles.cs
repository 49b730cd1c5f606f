using LlmPlatform.Hub;

namespace LlmPlatform.Inference;

/// <summary>What engines need of a model folder.</summary>
internal static class ModelFiles
{
    /// <summary>The path of tokenizer.json.</summary>
    /// <exception cref="InvalidModelFileException">There is none.</exception>
    public static string RequireTokenizer(ModelFolder folder) => folder.TokenizerPath
        ?? throw new InvalidModelFileException(Path.Combine(folder.Path, "tokenizer.json"), "", null, "the file to be there");
}
