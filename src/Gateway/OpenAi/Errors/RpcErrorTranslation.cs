using System.Text.RegularExpressions;
using Google.Rpc;
using Grpc.Core;
using LlmPlatform.ServiceDefaults.Errors;

namespace LlmPlatform.Gateway.OpenAi.Errors;

/// <summary>Says in OpenAI's terms what a service answered in gRPC's.</summary>
internal static partial class RpcErrorTranslation
{
    private const string ServerErrorType = "server_error";

    // When a service does not say when to come back.
    private static readonly TimeSpan DefaultRetryDelay = TimeSpan.FromSeconds(1);

    public static OpenAiException ToOpenAi(this RpcException error) => error.StatusCode switch
    {
        StatusCode.InvalidArgument or StatusCode.OutOfRange => InvalidArgument(error),
        StatusCode.Unauthenticated => InvalidRequest.Create(Detail(error), null, "invalid_api_key", StatusCodes.Status401Unauthorized, error),
        StatusCode.PermissionDenied => InvalidRequest.Create(Detail(error), null, "permission_denied", StatusCodes.Status403Forbidden, error),
        StatusCode.NotFound => NotFound(error),
        StatusCode.AlreadyExists => InvalidRequest.Create(Detail(error), null, "already_exists", StatusCodes.Status409Conflict, error),
        StatusCode.FailedPrecondition => InvalidRequest.Create(Detail(error), null, "failed_precondition", StatusCodes.Status409Conflict, error),
        StatusCode.Aborted => InvalidRequest.Create(Detail(error), null, "aborted", StatusCodes.Status409Conflict, error),
        StatusCode.ResourceExhausted => Create(error, StatusCodes.Status429TooManyRequests, Detail(error), "requests", "rate_limit_exceeded", RetryDelay(error)),
        StatusCode.Unavailable => Create(
            error, StatusCodes.Status503ServiceUnavailable, $"A service that this request needs is not available now: {Detail(error)}", ServerErrorType, "service_unavailable", RetryDelay(error)),
        StatusCode.DeadlineExceeded => Create(error, StatusCodes.Status504GatewayTimeout, "The request took longer than its deadline.", ServerErrorType, "timeout"),
        StatusCode.Unimplemented => Create(error, StatusCodes.Status501NotImplemented, Detail(error), ServerErrorType, "not_implemented"),
        _ => Create(error, StatusCodes.Status500InternalServerError, "A service that this request needs failed.", ServerErrorType, null),
    };

    /// <summary>An exception that nobody expected. Its message stays here: it may hold anything.</summary>
    public static OpenAiException Unexpected(Exception exception) => new(
        StatusCodes.Status500InternalServerError,
        new ErrorDetail { Message = "The server had an error while processing your request.", Type = ServerErrorType },
        inner: exception);

    /// <summary>
    /// The services name fields as in their protos; a caller knows only the names of OpenAI's API.
    /// </summary>
    /// <param name="field">The proto's name.</param>
    /// <param name="firstInput">Which of the caller's inputs is the first of the message that the service complains about.</param>
    internal static string ParamOf(string field, int firstInput = 0)
    {
        string name = Wrapper().Replace(field, "");
        name = PromptTokens().Replace(name, "prompt");
        name = Chunking().Replace(name, "chunking_strategy.static.");
        name = Filter().Replace(name, "filters");
        return Input().Replace(name, match => match.Groups["index"] is { Success: true, Value: var index } && int.TryParse(index, out int i)
            ? $"input[{i + firstInput}]"
            : "input");
    }

    /// <summary>The same for a service that got the inputs in several messages.</summary>
    public static OpenAiException ToOpenAi(this RpcException error, int firstInput) =>
        error.StatusCode == StatusCode.InvalidArgument ? InvalidArgument(error, firstInput) : error.ToOpenAi();

    private static OpenAiException InvalidArgument(RpcException error, int firstInput = 0)
    {
        IReadOnlyList<BadRequest.Types.FieldViolation> violations = error.GetFieldViolations();
        if (violations.Count == 0)
        {
            return InvalidRequest.Create(Detail(error), null, "invalid_value", inner: error);
        }

        string message = string.Join("; ", violations.Select(violation => $"'{ParamOf(violation.Field, firstInput)}': {violation.Description}"));
        return InvalidRequest.Create($"Invalid {message}.", ParamOf(violations[0].Field, firstInput), "invalid_value", inner: error);
    }

    private static OpenAiException NotFound(RpcException error) => error.GetResource()?.ResourceType switch
    {
        "file" => InvalidRequest.Create(Detail(error), "id", "file_not_found", StatusCodes.Status404NotFound, error),
        "collection" => InvalidRequest.Create($"Vector store {error.GetResource()!.ResourceName} was not found.", "vector_store_id", "vector_store_not_found", StatusCodes.Status404NotFound, error),
        // A file of a vector store: what it is found by inside, callers never see.
        "document" => InvalidRequest.Create("The file is not in the vector store (any more).", "file_id", "file_not_found", StatusCodes.Status404NotFound, error),
        "job" or "training_job" => InvalidRequest.Create(
            $"Could not find fine-tuning job {error.GetResource()!.ResourceName}.", "fine_tuning_job_id", "fine_tuning_job_not_found", StatusCodes.Status404NotFound, error),
        null or "model" => InvalidRequest.Create(Detail(error), "model", "model_not_found", StatusCodes.Status404NotFound, error),
        string other => InvalidRequest.Create(Detail(error), null, $"{other}_not_found", StatusCodes.Status404NotFound, error),
    };

    private static OpenAiException Create(RpcException error, int statusCode, string message, string type, string? code, TimeSpan? retryAfter = null) =>
        new(statusCode, new ErrorDetail { Message = message, Type = type, Code = code }, retryAfter, error);

    private static string Detail(RpcException error) => error.Status.Detail is { Length: > 0 } detail ? detail : error.StatusCode.ToString();

    private static TimeSpan RetryDelay(RpcException error) => error.GetRetryDelay() ?? DefaultRetryDelay;

    [GeneratedRegex(@"^(sampling|stopping|options)\.")]
    private static partial Regex Wrapper();

    [GeneratedRegex(@"^chunking\.")]
    private static partial Regex Chunking();

    [GeneratedRegex(@"^filter\b")]
    private static partial Regex Filter();

    [GeneratedRegex(@"^prompt_tokens(\.ids)?")]
    private static partial Regex PromptTokens();

    [GeneratedRegex(@"^inputs(\[(?<index>[0-9]+)\])?(\.text|\.tokens(\.ids)?)?")]
    private static partial Regex Input();
}
