using LlmPlatform.Gateway.OpenAi.Errors;

namespace LlmPlatform.Gateway.OpenAi.Files;

/// <summary>What an uploaded file may be for.</summary>
internal static class FilePurposes
{
    /// <summary>Files of models, which come by gRPC; they can be listed, not uploaded here.</summary>
    public const string Model = "model";

    private static readonly string[] Uploadable = ["assistants", "batch", "fine-tune", "user_data", "evals"];

    public static string CheckUpload(string purpose) => Uploadable.Contains(purpose)
        ? purpose
        : throw InvalidRequest.WrongValue("purpose", purpose, $"one of '{string.Join("', '", Uploadable)}'");

    public static string CheckFilter(string purpose) => purpose == Model ? purpose : CheckUpload(purpose);
}
