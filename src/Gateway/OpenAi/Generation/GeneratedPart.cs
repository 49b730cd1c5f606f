using System.Runtime.CompilerServices;
using Grpc.Core;
using LlmPlatform.Contracts.Generation.V1;
using LlmPlatform.Gateway.OpenAi.Errors;

namespace LlmPlatform.Gateway.OpenAi.Generation;

/// <summary>One part of an answer as it comes from the generation service.</summary>
internal readonly record struct GeneratedPart(string Id, string Model, string Version, string Text, string? FinishReason, CompletionUsage? Usage)
{
    /// <summary>Reads a chat's answer up to its last part.</summary>
    public static IAsyncEnumerable<GeneratedPart> ReadAsync(AsyncServerStreamingCall<ChatResponse> call, CancellationToken cancellation) => ReadAsync(
        call,
        part => new GeneratedPart(part.Id, part.Model, part.Version, part.Content, NameOf(part.FinishReason), UsageOf(part.Usage)),
        cancellation);

    /// <summary>Reads a prompt's continuation up to its last part.</summary>
    public static IAsyncEnumerable<GeneratedPart> ReadAsync(AsyncServerStreamingCall<GenerateResponse> call, CancellationToken cancellation) => ReadAsync(
        call,
        part => new GeneratedPart(part.Id, part.Model, part.Version, part.Text, NameOf(part.FinishReason), UsageOf(part.Usage)),
        cancellation);

    private static async IAsyncEnumerable<GeneratedPart> ReadAsync<T>(
        AsyncServerStreamingCall<T> call, Func<T, GeneratedPart> convert, [EnumeratorCancellation] CancellationToken cancellation)
    {
        bool finished = false;
        while (await call.ResponseStream.MoveNext(cancellation))
        {
            GeneratedPart part = convert(call.ResponseStream.Current);
            finished |= part.FinishReason is not null;
            yield return part;
        }

        if (!finished)
        {
            // Half an answer must not pass for a whole one.
            throw RpcErrorTranslation.Unexpected(new InvalidDataException("the generation service ended its answer without a finish reason"));
        }
    }

    private static string? NameOf(FinishReason reason) => reason switch
    {
        Contracts.Generation.V1.FinishReason.Stop => "stop",
        Contracts.Generation.V1.FinishReason.Length => "length",
        _ => null,
    };

    private static CompletionUsage? UsageOf(Usage? usage) =>
        usage is null ? null : new CompletionUsage { PromptTokens = usage.PromptTokens, CompletionTokens = usage.CompletionTokens };
}
