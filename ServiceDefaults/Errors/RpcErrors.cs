using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace LlmPlatform.ServiceDefaults.Errors;

/// <summary>
/// The errors of every service, in the richer model of <c>google.rpc.Status</c>
/// (https://google.aip.dev/193): a code, a message for people, and details that programs can read.
/// </summary>
public static class RpcErrors
{
    /// <summary>More violations than this are counted, not listed: error details travel in a header.</summary>
    public const int MaxViolations = 16;

    private const int MaxViolationsInMessage = 3;

    /// <summary>INVALID_ARGUMENT about one field.</summary>
    /// <param name="field">The field's path as the caller wrote it.</param>
    /// <param name="value">The value found; null when it must not be shown (prompts, secrets).</param>
    /// <param name="expected">What a good value is.</param>
    public static RpcException InvalidArgument(string field, object? value, string expected) =>
        InvalidArgument(new FieldViolation(field, value, expected));

    /// <summary>INVALID_ARGUMENT about several fields, with <c>google.rpc.BadRequest</c> details.</summary>
    public static RpcException InvalidArgument(params FieldViolation[] violations)
    {
        BadRequest details = new();
        foreach (FieldViolation violation in violations.Take(MaxViolations))
        {
            details.FieldViolations.Add(new BadRequest.Types.FieldViolation
            {
                Field = violation.Field,
                Description = violation.Description,
            });
        }

        string message = string.Join("; ", violations.Take(MaxViolationsInMessage));
        if (violations.Length > MaxViolationsInMessage)
        {
            message += $"; and {violations.Length - MaxViolationsInMessage} more";
        }

        return Create(StatusCode.InvalidArgument, message, details);
    }

    /// <summary>INVALID_ARGUMENT that no single field is to blame for.</summary>
    public static RpcException InvalidArgument(string message) => Create(StatusCode.InvalidArgument, message);

    /// <summary>NOT_FOUND with <c>google.rpc.ResourceInfo</c>. Also the answer for what belongs to another tenant.</summary>
    /// <param name="resource">The kind, for example <c>model</c>.</param>
    /// <param name="name">The name that was asked for.</param>
    public static RpcException NotFound(string resource, string name) =>
        Create(StatusCode.NotFound, $"{resource} {SafeValue.Cut(name)} was not found", Resource(resource, name));

    /// <summary>ALREADY_EXISTS with <c>google.rpc.ResourceInfo</c>.</summary>
    public static RpcException AlreadyExists(string resource, string name) =>
        Create(StatusCode.AlreadyExists, $"{resource} {SafeValue.Cut(name)} exists already", Resource(resource, name));

    /// <summary>PERMISSION_DENIED.</summary>
    public static RpcException PermissionDenied(string message) => Create(StatusCode.PermissionDenied, message);

    /// <summary>UNAUTHENTICATED.</summary>
    public static RpcException Unauthenticated(string message) => Create(StatusCode.Unauthenticated, message);

    /// <summary>RESOURCE_EXHAUSTED with <c>google.rpc.RetryInfo</c>: a full queue, a spent quota.</summary>
    public static RpcException ResourceExhausted(string message, TimeSpan retryAfter) =>
        Create(StatusCode.ResourceExhausted, message, Retry(retryAfter));

    /// <summary>UNAVAILABLE with <c>google.rpc.RetryInfo</c>: the same call may work a little later.</summary>
    public static RpcException Unavailable(string message, TimeSpan retryAfter) =>
        Create(StatusCode.Unavailable, message, Retry(retryAfter));

    /// <summary>FAILED_PRECONDITION with <c>google.rpc.PreconditionFailure</c>.</summary>
    /// <param name="type">What kind of condition, in capitals, for example <c>IN_USE</c>.</param>
    /// <param name="subject">What the condition is about, for example <c>model/chat@3fa4</c>.</param>
    /// <param name="description">What to do about it, for people.</param>
    public static RpcException FailedPrecondition(string type, string subject, string description) =>
        FailedPrecondition(description, new PreconditionFailure.Types.Violation { Type = type, Subject = subject, Description = description });

    /// <summary>FAILED_PRECONDITION with several violations.</summary>
    public static RpcException FailedPrecondition(string message, params PreconditionFailure.Types.Violation[] violations)
    {
        PreconditionFailure failure = new();
        failure.Violations.AddRange(violations.Take(MaxViolations));
        return Create(StatusCode.FailedPrecondition, message, failure);
    }

    /// <summary>ABORTED: a compare-and-swap lost.</summary>
    public static RpcException Aborted(string message) => Create(StatusCode.Aborted, message);

    /// <summary>UNIMPLEMENTED: the feature exists in the protocol, not yet here.</summary>
    public static RpcException Unimplemented(string message) => Create(StatusCode.Unimplemented, message);

    /// <summary>DATA_LOSS: stored bytes are not what they were.</summary>
    public static RpcException DataLoss(string message) => Create(StatusCode.DataLoss, message);

    /// <summary>An error with any code and details.</summary>
    public static RpcException Create(StatusCode code, string message, params IMessage[] details)
    {
        Google.Rpc.Status status = new() { Code = (int)code, Message = message };
        status.Details.AddRange(details.Select(Any.Pack));
        return status.ToRpcException();
    }

    private static ResourceInfo Resource(string resource, string name) =>
        new() { ResourceType = resource, ResourceName = SafeValue.Cut(name) };

    private static RetryInfo Retry(TimeSpan retryAfter) =>
        new() { RetryDelay = Duration.FromTimeSpan(retryAfter < TimeSpan.Zero ? TimeSpan.Zero : retryAfter) };
}
