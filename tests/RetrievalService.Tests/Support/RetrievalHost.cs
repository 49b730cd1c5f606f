using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using LlmPlatform.Retrieval.Documents;
using LlmPlatform.Retrieval.Index;
using LlmPlatform.Retrieval.Keywords;
using LlmPlatform.RetrievalService.Data;
using LlmPlatform.RetrievalService.Ingest;
using LlmPlatform.RetrievalService.Messaging;
using LlmPlatform.ServiceDefaults.Hosting;
using LlmPlatform.ServiceDefaults.Identity;
using LlmPlatform.ServiceDefaults.Messaging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RetrievalClient = LlmPlatform.Contracts.Retrieval.V1.Retrieval.RetrievalClient;

namespace LlmPlatform.RetrievalService.Tests.Support;

/// <summary>
/// The service inside the test, with fakes of the services it calls, a reader that reads plain text, and an index that
/// outlives it. It can be started again over the same data.
/// </summary>
internal sealed class RetrievalHost : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string?> _settings;
    private readonly TimeProvider? _clock;
    private readonly Action<IServiceCollection>? _configure;
    private WebApplication? _app;
    private GrpcChannel? _channel;

    private RetrievalHost(Backends backends, Dictionary<string, string?>? settings, TimeProvider? clock, Action<IServiceCollection>? configure) =>
        (Backends, _settings, _clock, _configure) = (backends, settings ?? [], clock, configure);

    public Backends Backends { get; }

    public FakeIndex Index { get; } = new(KeywordAnalyzer.Instance);

    public FakeReader Reader { get; } = new();

    public ListLoggerProvider Log { get; } = new();

    /// <summary>Whether documents are read, cut and kept as outside of tests.</summary>
    public bool RealParts { get; private init; }

    public IServiceProvider Services => _app!.Services;

    /// <summary>Starts it, with the encoder <c>small</c> unless told otherwise.</summary>
    public static async Task<RetrievalHost> StartAsync(
        Dictionary<string, string?>? settings = null, TimeProvider? clock = null, Action<IServiceCollection>? configure = null, bool encoder = true, bool realParts = false)
    {
        Backends backends = await Backends.StartAsync();
        if (encoder)
        {
            backends.Models.Add("small", "small-version-1");
        }

        RetrievalHost host = new(backends, settings, clock, configure) { RealParts = realParts };
        await host.StartServiceAsync();
        return host;
    }

    public async Task StartServiceAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Platform:DataFolder"] = _folder.Combine("data"),
            ["Platform:HttpPort"] = "0",
            ["Platform:GrpcPort"] = "0",
            ["Platform:Retrieval:SweepInterval"] = "00:10:00",
            ["Platform:Retrieval:EncoderPollInterval"] = "10:00:00",
            ["Platform:Retrieval:Docs"] = _folder.Combine("docs"),
            ["services:models:grpc:0"] = Backends.Address,
            ["services:embedding:grpc:0"] = Backends.Address,
            ["services:tokenizer:grpc:0"] = Backends.Address,
        });
        builder.Configuration.AddInMemoryCollection(_settings);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<ILoggerProvider>(Log);
        if (_clock is not null)
        {
            builder.Services.AddSingleton(_clock);
        }

        if (!RealParts)
        {
            builder.Services.AddSingleton<IChunkIndex>(Index);
            builder.Services.AddSingleton<IDocumentReader>(Reader);
            builder.Services.AddSingleton<ChunkDocument>(FakeReader.ChunkAsync);
        }

        builder.AddServiceDefaults("retrieval");
        builder.AddPlatformMessaging(bus => bus.AddRetrievalConsumers());
        builder.ListenOnPlatformPorts();
        builder.AddRetrieval();
        _configure?.Invoke(builder.Services);
        _app = builder.Build();
        _app.UseServiceDefaults();
        _app.MapDefaultEndpoints();
        _app.MapRetrieval();
        await _app.StartAsync();
        _channel = GrpcChannel.ForAddress(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Last());
    }

    public async Task StopServiceAsync()
    {
        _channel?.Dispose();
        await _app!.StopAsync();
        await _app.DisposeAsync();
        _app = null;
    }

    /// <summary>Calls of a user of a tenant who is in these groups.</summary>
    public RetrievalClient As(string tenant, params string[] groups) => As(CallerIdentity.User(tenant, groups));

    public RetrievalClient As(CallerIdentity caller)
    {
        InternalTokens tokens = Services.GetRequiredService<InternalTokens>();
        return new RetrievalClient(_channel!.Intercept(headers =>
        {
            headers.Add("authorization", $"Bearer {tokens.Mint(caller)}");
            return headers;
        }));
    }

    public RetrievalDbContext Database() => Services.GetRequiredService<IDbContextFactory<RetrievalDbContext>>().CreateDbContext();

    public void AddDocs(string name, string text)
    {
        Directory.CreateDirectory(_folder.Combine("docs"));
        File.WriteAllText(_folder.Combine("docs", name), text);
    }

    public async ValueTask DisposeAsync()
    {
        Backends.Embedding.Open();
        if (_app is not null)
        {
            await StopServiceAsync();
        }

        await Backends.DisposeAsync();
        _folder.Dispose();
    }
}
