using System.CommandLine;
using System.Text.Json.Nodes;
using Google.Rpc;
using Grpc.Core;
using LlmPlatform.Cli.Output;
using LlmPlatform.Hub;

namespace LlmPlatform.Cli.Connection;

/// <summary>Runs a command's work with a connection, and turns every expected failure into one clear line and an exit code.</summary>
internal static class PlatformAction
{
    private const int Success = 0;
    private const int Failure = 1;
    private const int Interrupted = 130;

    public static void SetPlatformAction(
        this Command command,
        Func<ParseResult, PlatformConnection, CommandOutput, CancellationToken, Task> work) =>
        command.SetAction(async (parsed, cancellation) =>
        {
            CommandOutput output = new(parsed.GetValue(GlobalOptions.Json));
            Uri server = parsed.GetValue(GlobalOptions.Server)!;
            try
            {
                using PlatformConnection connection = new(server, parsed.GetValue(GlobalOptions.ApiKey));
                await work(parsed, connection, output, cancellation);
                return Success;
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return Interrupted;
            }
            catch (RpcException exception) when (cancellation.IsCancellationRequested && exception.StatusCode == StatusCode.Cancelled)
            {
                return Interrupted;
            }
            catch (RpcException exception)
            {
                output.Error(Describe(exception, server), Code(exception.StatusCode), Violations(exception));
                return Failure;
            }
            catch (Exception exception) when (exception is CommandException or InvalidModelFileException or IOException or UnauthorizedAccessException or HttpRequestException)
            {
                output.Error(exception.Message, "failed", null);
                return Failure;
            }
        });

    private static string Describe(RpcException exception, Uri server) => exception.StatusCode switch
    {
        StatusCode.Unavailable => $"no platform answers at {server} (start one with: dotnet run --project AppHost): {exception.Status.Detail}",
        StatusCode.Unauthenticated => $"the platform needs an API key (--api-key or LLM_API_KEY): {exception.Status.Detail}",
        _ => exception.Status.Detail,
    };

    // INVALID_ARGUMENT and the like, as gRPC spells them.
    private static string Code(StatusCode code) =>
        string.Concat(code.ToString().Select((letter, index) => char.IsUpper(letter) && index > 0 ? $"_{letter}" : $"{letter}")).ToUpperInvariant();

    private static JsonArray? Violations(RpcException exception)
    {
        BadRequest? details = exception.GetRpcStatus()?.GetDetail<BadRequest>();
        return details is null
            ? null
            : [.. details.FieldViolations.Select(violation => new JsonObject { ["field"] = violation.Field, ["description"] = violation.Description })];
    }
}
