using System.Diagnostics;
using Grpc.Core;
using LlmPlatform.Hub;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.ServiceDefaults.Errors;

/// <summary>
/// Turns any exception into an error for callers. What is not expected becomes INTERNAL with nothing but a trace id,
/// under which the log holds the exception.
/// </summary>
internal sealed class ExceptionMapper(IEnumerable<ExceptionMapping> mappings, ILogger<ExceptionMapper> logger)
{
    private const int SqliteBusy = 5;
    private const int SqliteLocked = 6;

    private readonly ExceptionMapping[] _mappings = [.. mappings.Reverse()];

    /// <summary>The error for a call that failed with <paramref name="exception"/>.</summary>
    /// <param name="exception">What the handler threw.</param>
    /// <param name="method">The call's full name, for the log.</param>
    /// <param name="callCancelled">Whether the caller went away or the call ran out of time.</param>
    /// <param name="deadlinePassed">Whether the call ran out of time.</param>
    /// <param name="draining">Whether this process cancels what still runs because it ends.</param>
    public RpcException Map(Exception exception, string method, bool callCancelled, bool deadlinePassed, bool draining)
    {
        if (callCancelled && exception is OperationCanceledException or IOException { InnerException: OperationCanceledException })
        {
            return Cancelled(deadlinePassed, draining);
        }

        switch (exception)
        {
            case RpcException { StatusCode: StatusCode.Cancelled } when callCancelled:
                return Cancelled(deadlinePassed, draining);
            case RpcException error:
                return error;
            case OperationCanceledException:
                return Cancelled(deadlinePassed, draining);
        }

        if (FindMapping(exception) is { } mapping)
        {
            return mapping.Map(exception);
        }

        switch (exception)
        {
            case InvalidModelFileException invalid:
                return RpcErrors.InvalidArgument(invalid.Message);
            case SqliteException { SqliteErrorCode: SqliteBusy or SqliteLocked }:
            case Microsoft.EntityFrameworkCore.DbUpdateException { InnerException: SqliteException { SqliteErrorCode: SqliteBusy or SqliteLocked } }:
                logger.LogWarning(exception, "{Method}: the database was busy", method);
                return RpcErrors.Unavailable("the database is busy", TimeSpan.FromSeconds(1));
        }

        if (callCancelled)
        {
            // What breaks once the caller is gone (a write to a closed stream) is no fault of ours.
            logger.LogDebug(exception, "{Method}: failed after the call had been cancelled", method);
            return Cancelled(deadlinePassed, draining);
        }

        string traceId = Activity.Current?.TraceId.ToHexString() ?? ActivityTraceId.CreateRandom().ToHexString();
        logger.LogError(exception, "{Method}: unexpected error, trace {TraceId}", method, traceId);
        return RpcErrors.Create(StatusCode.Internal, $"internal error; trace id {traceId}");
    }

    private static RpcException Cancelled(bool deadlinePassed, bool draining) => (deadlinePassed, draining) switch
    {
        (true, _) => RpcErrors.Create(StatusCode.DeadlineExceeded, "the deadline passed"),
        (_, true) => RpcErrors.Unavailable("the service is shutting down", TimeSpan.FromSeconds(1)),
        _ => RpcErrors.Create(StatusCode.Cancelled, "the call was cancelled"),
    };

    private ExceptionMapping? FindMapping(Exception exception)
    {
        for (Type? type = exception.GetType(); type is not null && type != typeof(object); type = type.BaseType)
        {
            if (Array.Find(_mappings, mapping => mapping.ExceptionType == type) is { } found)
            {
                return found;
            }
        }

        return null;
    }
}
