using System.Collections.Concurrent;
using Grpc.Core;
using LlmPlatform.Contracts.Generation.V1;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Identity;

namespace LlmPlatform.Gateway.Tests.Fakes;

/// <summary>Answers always the same, and what a model's name says it should do otherwise.</summary>
internal sealed class FakeGeneration(FakeCalls calls) : Generation.GenerationBase
{
    public const string Version = "0123456789abcdef0123456789abcdef";

    public static readonly string[] Pieces = ["Hello", ", ", "세계", " \"</>"];

    public override async Task Chat(ChatRequest request, IServerStreamWriter<ChatResponse> responseStream, ServerCallContext context)
    {
        calls.Chats.Enqueue(request);
        calls.Callers.Enqueue(context.GetCaller());
        await RunAsync(request.Model, context, (text, finish, usage, first) => responseStream.WriteAsync(new ChatResponse
        {
            Id = "abc",
            Model = request.Model,
            Version = Version,
            Role = first ? "assistant" : "",
            Content = text,
            FinishReason = finish,
            Usage = usage,
        }));
    }

    public override async Task Generate(GenerateRequest request, IServerStreamWriter<GenerateResponse> responseStream, ServerCallContext context)
    {
        calls.Generates.Enqueue(request);
        await RunAsync(request.Model, context, (text, finish, usage, _) => responseStream.WriteAsync(new GenerateResponse
        {
            Id = "abc",
            Model = request.Model,
            Version = Version,
            Text = text,
            FinishReason = finish,
            Usage = usage,
        }));
    }

    public override Task<GetStatusResponse> GetStatus(GetStatusRequest request, ServerCallContext context) =>
        Task.FromResult(new GetStatusResponse { Processor = context.GetCaller().Tenant });

    private async Task RunAsync(string model, ServerCallContext context, Func<string, FinishReason, Usage?, bool, Task> send)
    {
        switch (model)
        {
            case "missing" or "no-such-model":
                throw RpcErrors.NotFound("model", model);
            case "busy":
                throw RpcErrors.ResourceExhausted("the queue is full", TimeSpan.FromSeconds(2.3));
            case "away":
                throw RpcErrors.Unavailable("shutting down", TimeSpan.FromSeconds(5));
            case "too-long":
                throw RpcErrors.InvalidArgument("messages", null, "at most 2048 tokens with the chat template, got 3000");
            case "picky":
                throw RpcErrors.InvalidArgument(new FieldViolation("sampling.temperature", 1.9, "0 to 1"), new FieldViolation("stopping.max_tokens", 7, "8 or more"));
            case "untemplated":
                throw RpcErrors.FailedPrecondition("CHAT_TEMPLATE", "model/untemplated", "the model has no chat template");
            case "crash":
                throw new InvalidOperationException("secret detail");
            case "endless":
                await EndlessAsync(context, send);
                return;
        }

        await send("", FinishReason.Unspecified, null, true);
        foreach (string piece in Pieces)
        {
            await send(piece, FinishReason.Unspecified, null, false);
            if (model == "broken")
            {
                throw RpcErrors.Unavailable("the engine went away", TimeSpan.FromSeconds(1));
            }
        }

        if (model != "unfinished")
        {
            FinishReason reason = model == "short" ? FinishReason.Length : FinishReason.Stop;
            await send("", reason, new Usage { PromptTokens = 12, CompletionTokens = 5 }, false);
        }
    }

    private async Task EndlessAsync(ServerCallContext context, Func<string, FinishReason, Usage?, bool, Task> send)
    {
        try
        {
            for (int i = 0; ; i++)
            {
                await send($"{i} ", FinishReason.Unspecified, null, i == 0);
                await Task.Delay(10, context.CancellationToken);
            }
        }
        catch (Exception) when (context.CancellationToken.IsCancellationRequested)
        {
            calls.Cancelled.Release();
            throw;
        }
    }
}

/// <summary>What the fakes were asked.</summary>
internal sealed class FakeCalls
{
    public ConcurrentQueue<ChatRequest> Chats { get; } = new();

    public ConcurrentQueue<GenerateRequest> Generates { get; } = new();

    public ConcurrentQueue<CallerIdentity> Callers { get; } = new();

    public ConcurrentQueue<Contracts.Embedding.V1.EmbedStreamRequest> Embeds { get; } = new();

    public ConcurrentQueue<Google.Protobuf.IMessage> Retrievals { get; } = new();

    public ConcurrentQueue<Contracts.Training.V1.CreateJobRequest> Trainings { get; } = new();

    public ConcurrentQueue<int> UploadedChunks { get; } = new();

    public ConcurrentQueue<Metadata> Headers { get; } = new();

    /// <summary>One permit for each call that ended by cancellation.</summary>
    public SemaphoreSlim Cancelled { get; } = new(0);
}
