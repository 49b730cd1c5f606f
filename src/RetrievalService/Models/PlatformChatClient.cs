using System.Runtime.CompilerServices;
using Grpc.Core;
using LlmPlatform.Contracts.Generation.V1;
using Microsoft.Extensions.AI;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;
using WireMessage = LlmPlatform.Contracts.Generation.V1.ChatMessage;

namespace LlmPlatform.RetrievalService.Models;

/// <summary>The platform's chat models as an <see cref="IChatClient"/>; <see cref="ChatOptions.ModelId"/> names the model.</summary>
internal sealed class PlatformChatClient(Generation.GenerationClient client) : IChatClient
{
    public Task<Microsoft.Extensions.AI.ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using AsyncServerStreamingCall<Contracts.Generation.V1.ChatResponse> call = client.Chat(Request(messages, options), cancellationToken: cancellationToken);
        await foreach (Contracts.Generation.V1.ChatResponse part in call.ResponseStream.ReadAllAsync(cancellationToken))
        {
            if (part.Content.Length > 0)
            {
                yield return new ChatResponseUpdate(ChatRole.Assistant, part.Content) { ModelId = part.Model };
            }

            if (part.Usage is { } usage)
            {
                yield return new ChatResponseUpdate
                {
                    ModelId = part.Model,
                    Contents = [new UsageContent(new UsageDetails { InputTokenCount = usage.PromptTokens, OutputTokenCount = usage.CompletionTokens })],
                };
            }
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
        // The gRPC client belongs to the container.
    }

    private static ChatRequest Request(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        ChatRequest request = new()
        {
            Model = options?.ModelId ?? throw new ArgumentException("ChatOptions.ModelId names no model", nameof(options)),
            Messages = { messages.Select(message => new WireMessage { Role = message.Role.Value, Content = message.Text }) },
            Sampling = new SamplingParameters(),
            Stopping = new StoppingParameters(),
        };
        if (options.Temperature is { } temperature)
        {
            request.Sampling.Temperature = temperature;
        }

        if (options.Seed is { } seed)
        {
            request.Sampling.Seed = unchecked((ulong)seed);
        }

        if (options.MaxOutputTokens is { } most)
        {
            request.Stopping.MaxTokens = most;
        }

        return request;
    }
}
