namespace LlmPlatform.ModelService.Files;

/// <summary>What a file is for: OpenAI's purposes, and <c>model</c> for a model's file.</summary>
internal static class FilePurposes
{
    public static readonly string[] All = ["assistants", "batch", "fine-tune", "user_data", "evals", "vision", "model"];
}
