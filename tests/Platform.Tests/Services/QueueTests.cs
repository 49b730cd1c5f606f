using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Grpc.Core;
using Grpc.Net.Client;
using LlmPlatform.Contracts.Generation.V1;
using LlmPlatform.Platform.Tests.Samples;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.Testing;

namespace LlmPlatform.Platform.Tests.Services;

/// <summary>The queue of one model: bounded, and it says when to come back.</summary>
public sealed class QueueTests : IDisposable
{
    private const string Model = "tiny";

    private readonly string _folder = Directory.CreateTempSubdirectory("llmplatform-queue-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_full_queue_is_429_with_retry_after()
    {
        await using PlatformProcess platform = await PlatformProcess.StartAsync(new PlatformProcessOptions
        {
            Models = new Dictionary<string, string> { [Model] = await TinyModels.WriteDecoderAsync(Path.Combine(_folder, Model), maxPositions: 1 << 20) },
            Environment = new Dictionary<string, string>
            {
                ["Platform__Generation__MaxActiveSequences"] = "1",
                ["Platform__Generation__MaxWaitingSequences"] = "1",
            },
        });
        using GrpcChannel channel = GrpcChannel.ForAddress(platform.Grpc);
        Generation.GenerationClient client = new(channel);
        using AsyncServerStreamingCall<GenerateResponse> active = client.Generate(Endless());
        Assert.True(await active.ResponseStream.MoveNext());
        using AsyncServerStreamingCall<GenerateResponse> waiting = client.Generate(Endless());
        await WaitAsync(client, status => status is { ActiveSequences: 1, WaitingSequences: 1 });

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            using AsyncServerStreamingCall<GenerateResponse> refused = client.Generate(Endless());
            await refused.ResponseStream.MoveNext();
        });
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.True(error.GetRetryDelay() > TimeSpan.Zero);

        using HttpClient http = new() { BaseAddress = platform.Http };
        using HttpResponseMessage response = await http.PostAsJsonAsync("/v1/chat/completions", new
        {
            model = Model,
            messages = new[] { new { role = "user", content = "hello" } },
            stream = true,
        });
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.True(response.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        Assert.Equal("rate_limit_exceeded", (string?)(await response.Content.ReadFromJsonAsync<JsonObject>())!["error"]!["code"]);
    }

    private static GenerateRequest Endless() => new()
    {
        Model = Model,
        Prompt = "the cat",
        Stopping = new StoppingParameters { MaxTokens = 1_000_000, IgnoreEos = true },
    };

    private static async Task WaitAsync(Generation.GenerationClient client, Func<LoadedModel, bool> condition)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(20));
        while (!condition((await client.GetStatusAsync(new GetStatusRequest())).Models.Single()))
        {
            await Task.Delay(5, limit.Token);
        }
    }
}
