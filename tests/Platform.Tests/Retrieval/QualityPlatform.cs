using Grpc.Core;
using Grpc.Net.Client;
using LlmPlatform.Testing;

namespace LlmPlatform.Platform.Tests.Retrieval;

/// <summary>
/// A platform of its own for measuring the quality of search: it ingests thousands of chunks, which would keep everybody
/// else waiting. Its tests run one after the other, when all others are done.
/// </summary>
public sealed class QualityPlatform : IAsyncLifetime
{
    private GrpcChannel? _channel;

    public PlatformProcess Platform { get; private set; } = null!;

    /// <summary>The gateway's gRPC port.</summary>
    public CallInvoker Grpc => _channel!.CreateCallInvoker();

    public async ValueTask InitializeAsync()
    {
        Platform = await PlatformProcess.StartAsync(new PlatformProcessOptions { Models = PlatformFixture.RealModels() });
        _channel = GrpcChannel.ForAddress(Platform.Grpc);
    }

    public async ValueTask DisposeAsync()
    {
        _channel?.Dispose();
        await Platform.DisposeAsync();
    }
}

/// <summary>The tests that share <see cref="QualityPlatform"/>.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class QualityTests : ICollectionFixture<QualityPlatform>
{
    public const string Name = "quality of search";
}
