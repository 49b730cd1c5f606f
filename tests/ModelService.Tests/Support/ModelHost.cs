using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using LlmPlatform.Contracts.Internal.V1;
using LlmPlatform.ModelService.Data;
using LlmPlatform.ServiceDefaults.Data;
using LlmPlatform.ServiceDefaults.Hosting;
using LlmPlatform.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.ModelService.Tests.Support;

/// <summary>The service inside the test: Kestrel on free loopback ports, a real SQLite file, the sweep at rest unless told otherwise.</summary>
internal sealed class ModelHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly GrpcChannel _channel;

    private ModelHost(WebApplication app, ListLoggerProvider log)
    {
        _app = app;
        Log = log;
        string[] addresses = [.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];
        Http = new Uri(addresses[0]);
        _channel = GrpcChannel.ForAddress(addresses[1]);
    }

    public ListLoggerProvider Log { get; }

    public Uri Http { get; }

    public IServiceProvider Services => _app.Services;

    public string BlobsFolder => Path.Combine(Services.GetRequiredService<DataFolder>().FullPath, "models", "blobs");

    public static async Task<ModelHost> StartAsync(
        string dataFolder, Dictionary<string, string?>? settings = null, TimeProvider? clock = null, Action<IServiceCollection>? configure = null)
    {
        ListLoggerProvider log = new();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Platform:DataFolder"] = dataFolder,
            ["Platform:HttpPort"] = "0",
            ["Platform:GrpcPort"] = "0",
            ["Platform:Blobs:SweepInterval"] = "10:00:00",
        });
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<ILoggerProvider>(log);
        if (clock is not null)
        {
            builder.Services.AddSingleton(clock);
        }

        builder.AddServiceDefaults("models");
        builder.ListenOnPlatformPorts();
        builder.AddModels();
        configure?.Invoke(builder.Services);
        WebApplication app = builder.Build();
        app.UseServiceDefaults();
        app.MapDefaultEndpoints();
        app.MapModels();
        await app.StartAsync();
        return new ModelHost(app, log);
    }

    public Caller As(string tenant, params string[] roles) => new(_channel, Services.GetRequiredService<InternalTokens>(), tenant, roles);

    /// <summary>Calls of another service to the internal registry.</summary>
    public Contracts.Internal.V1.Registry.RegistryClient Registry() => new(AsService("llmplatform.internal.v1.Registry"));

    /// <summary>Calls of the edge.</summary>
    public Contracts.Internal.V1.Identity.IdentityClient Identity() => new(AsService("llmplatform.internal.v1.Identity"));

    public Task<ModelDbContext> DatabaseAsync() => Services.GetRequiredService<IDbContextFactory<ModelDbContext>>().CreateDbContextAsync();

    /// <summary>The blobs on the disk: tenant and hash.</summary>
    public List<(string Tenant, string Sha256)> Blobs() =>
        [.. Directory.EnumerateFiles(BlobsFolder, "*", SearchOption.AllDirectories)
            .Select(path => (Path.GetRelativePath(BlobsFolder, path).Split(Path.DirectorySeparatorChar)[0], Path.GetFileName(path)))];

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private CallInvoker AsService(string grpcService)
    {
        InternalTokens tokens = Services.GetRequiredService<InternalTokens>();
        return _channel.Intercept(headers =>
        {
            headers.Add("authorization", $"Bearer {tokens.MintForService(grpcService)}");
            return headers;
        });
    }
}
