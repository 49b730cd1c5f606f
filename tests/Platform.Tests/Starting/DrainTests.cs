using Grpc.Core;
using Grpc.Net.Client;
using LlmPlatform.Contracts.Generation.V1;
using LlmPlatform.Platform.Tests.Samples;
using LlmPlatform.Testing;

namespace LlmPlatform.Platform.Tests.Starting;

/// <summary>An end while calls run.</summary>
public sealed class DrainTests : IDisposable
{
    private const string Model = "tiny";

    private readonly string _folder = Directory.CreateTempSubdirectory("llmplatform-drain-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_call_that_outlasts_the_drain_is_told_so_and_the_process_ends_cleanly()
    {
        await using PlatformProcess platform = await PlatformProcess.StartAsync(new PlatformProcessOptions
        {
            Models = new Dictionary<string, string> { [Model] = await TinyModels.WriteDecoderAsync(Path.Combine(_folder, Model), maxPositions: 1 << 20) },
            Environment = new Dictionary<string, string> { ["Platform__DrainTimeout"] = "1" },
        });
        using GrpcChannel channel = GrpcChannel.ForAddress(platform.Grpc);
        using AsyncServerStreamingCall<GenerateResponse> call = new Generation.GenerationClient(channel).Generate(new GenerateRequest
        {
            Model = Model,
            Prompt = "the cat",
            Stopping = new StoppingParameters { MaxTokens = 1_000_000, IgnoreEos = true },
        });
        Assert.True(await call.ResponseStream.MoveNext());
        platform.SendInterrupt();
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await call.ResponseStream.MoveNext())
            {
            }
        });
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.Equal(0, await platform.WaitForExitAsync(TimeSpan.FromSeconds(20)));
    }
}
