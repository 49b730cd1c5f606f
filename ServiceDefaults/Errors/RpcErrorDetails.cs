using Google.Rpc;
using Grpc.Core;

namespace LlmPlatform.ServiceDefaults.Errors;

/// <summary>Reads the details that <see cref="RpcErrors"/> wrote. Malformed details read as none.</summary>
public static class RpcErrorDetails
{
    /// <summary>The fields that were wrong, with their descriptions; empty when the error says none.</summary>
    public static IReadOnlyList<BadRequest.Types.FieldViolation> GetFieldViolations(this RpcException error) =>
        Detail<BadRequest>(error)?.FieldViolations.ToList() ?? [];

    /// <summary>After which time the call may be tried again, if the error says so.</summary>
    public static TimeSpan? GetRetryDelay(this RpcException error) => Detail<RetryInfo>(error)?.RetryDelay?.ToTimeSpan();

    /// <summary>What was not found or exists already, if the error says so.</summary>
    public static ResourceInfo? GetResource(this RpcException error) => Detail<ResourceInfo>(error);

    /// <summary>The conditions that did not hold; empty when the error says none.</summary>
    public static IReadOnlyList<PreconditionFailure.Types.Violation> GetPreconditionViolations(this RpcException error) =>
        Detail<PreconditionFailure>(error)?.Violations.ToList() ?? [];

    private static T? Detail<T>(RpcException error)
        where T : class, Google.Protobuf.IMessage<T>, new() => error.Trailers.GetRpcStatus(ignoreParseError: true)?.GetDetail<T>();
}
