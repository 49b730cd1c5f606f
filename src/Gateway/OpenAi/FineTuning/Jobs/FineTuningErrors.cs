using Google.Rpc;
using Grpc.Core;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.OpenAi.FineTuning.Recipes;
using LlmPlatform.ServiceDefaults.Errors;

namespace LlmPlatform.Gateway.OpenAi.FineTuning.Jobs;

/// <summary>Tells what the service refuses in a new job of the parameters that the caller gave.</summary>
internal static class FineTuningErrors
{
    /// <returns>Null where the general translation says it as well.</returns>
    public static OpenAiException? Translate(RpcException error, RecipeBuilder recipe)
    {
        if (error.StatusCode == StatusCode.NotFound && error.GetResource() is { ResourceType: "file", ResourceName: var file })
        {
            return InvalidRequest.Create($"File {SafeValue.Cut(file)} was not found.", recipe.ParamOfFile(file), "file_not_found", StatusCodes.Status404NotFound, error);
        }

        IReadOnlyList<BadRequest.Types.FieldViolation> violations = error.StatusCode == StatusCode.InvalidArgument ? error.GetFieldViolations() : [];
        return violations.Count == 0
            ? null
            : InvalidRequest.Create(
                $"Invalid {string.Join("; ", violations.Select(violation => $"'{recipe.ParamOf(violation.Field)}': {violation.Description}"))}.",
                recipe.ParamOf(violations[0].Field),
                "invalid_value",
                inner: error);
    }
}
