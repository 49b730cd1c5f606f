using System.Globalization;
using Grpc.Core;
using Grpc.Net.Client;
using LlmPlatform.Contracts.Generation.V1;
using LlmPlatform.Platform.Tests.Retrieval;
using LlmPlatform.Testing;

namespace LlmPlatform.Platform.Tests.Starting;

/// <summary>
/// What the whole platform takes with SmolLM2 loaded, in a process that found its models registered: registering them is
/// work of its own, done once, whose traces stay in the process that did it.
/// </summary>
public sealed class MemoryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("llmplatform-memory-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Resident_memory_is_near_the_weights()
    {
        PlatformFixture.RequireModel(PlatformFixture.Chat);
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("resident memory is read from /proc, which only Linux has");
        }

        PlatformProcessOptions options = new() { DataFolder = _folder, Models = PlatformFixture.RealModels() };

        // The first start registers the models and indexes the platform's own documentation.
        await using (PlatformProcess first = await PlatformProcess.StartAsync(options))
        {
            using GrpcChannel firstChannel = GrpcChannel.ForAddress(first.Grpc);
            await new RetrievalCalls(firstChannel.CreateCallInvoker()).WaitAsync("docs", TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        }

        await using PlatformProcess platform = await PlatformProcess.StartAsync(options);
        using GrpcChannel channel = GrpcChannel.ForAddress(platform.Grpc);
        Generation.GenerationClient client = new(channel);
        using (AsyncServerStreamingCall<GenerateResponse> call = client.Generate(new GenerateRequest
        {
            Model = PlatformFixture.Chat,
            Prompt = "The capital of France is",
            Stopping = new StoppingParameters { MaxTokens = 8 },
        }))
        {
            while (await call.ResponseStream.MoveNext())
            {
            }
        }

        long weights = (await client.GetStatusAsync(new GetStatusRequest())).Models.Single().WeightBytes;
        double resident = ResidentBytes(platform.Id);
        double limit = (1.3 * weights) + 200e6;
        string figures = $"{resident / 1e6:F0} MB resident, {weights / 1e6:F0} MB of weights, limit {limit / 1e6:F0} MB";
        TestContext.Current.TestOutputHelper?.WriteLine(figures);
        Assert.True(resident <= limit, figures);
    }

    private static double ResidentBytes(int processId)
    {
        string line = File.ReadLines($"/proc/{processId}/status").First(entry => entry.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024.0;
    }
}
