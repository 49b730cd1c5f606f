using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.RetrievalService.Tests.Support;

/// <summary>The services that retrieval calls, as fakes on a loopback port.</summary>
internal sealed class Backends : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Backends()
    {
        Embedding = new EmbeddingState(Models);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc(options => options.MaxReceiveMessageSize = null);
        builder.Services.AddSingleton(Models).AddSingleton(Files).AddSingleton(Embedding);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.Protocols = HttpProtocols.Http2));
        _app = builder.Build();
        _app.MapGrpcService<FakeModels>();
        _app.MapGrpcService<FakeRegistry>();
        _app.MapGrpcService<FakeFiles>();
        _app.MapGrpcService<FakeEmbedding>();
        _app.MapGrpcService<FakeTokenizer>();
    }

    public ModelsState Models { get; } = new();

    public FilesState Files { get; } = new();

    public EmbeddingState Embedding { get; }

    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    public static async Task<Backends> StartAsync()
    {
        Backends backends = new();
        await backends._app.StartAsync();
        return backends;
    }

    public async ValueTask DisposeAsync()
    {
        Embedding.Open();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
