using Grpc.Net.Client;
using LlmPlatform.ServiceDefaults.Hosting;
using LlmPlatform.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.ServiceDefaults.Tests.Support;

/// <summary>A process of the platform inside the test: Kestrel on free loopback ports, a data folder of its own.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    public const string SigningKeyText = "a signing key for tests, of 32 bytes or more";

    private readonly TemporaryFolder _folder = new();
    private readonly List<IDisposable> _clients = [];

    private TestHost(Action<WebApplicationBuilder>? add, Action<WebApplication>? map, string name, Dictionary<string, string?> settings)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Platform:DataFolder"] = _folder.Combine("data"),
            ["Platform:HttpPort"] = "0",
            ["Platform:GrpcPort"] = "0",
            [SigningKey.ConfigurationKey] = SigningKeyText,
        });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<ILoggerProvider>(Log);
        builder.AddServiceDefaults(name);
        builder.ListenOnPlatformPorts();
        add?.Invoke(builder);
        App = builder.Build();
        App.UseServiceDefaults();
        App.MapDefaultEndpoints();
        map?.Invoke(App);
    }

    public WebApplication App { get; }

    public ListLoggerProvider Log { get; } = new();

    public IServiceProvider Services => App.Services;

    public Uri HttpAddress => Addresses[0];

    public Uri GrpcAddress => Addresses[1];

    private Uri[] Addresses =>
        [.. Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(address => new Uri(address))];

    public static async Task<TestHost> StartAsync(
        Action<WebApplicationBuilder>? add = null,
        Action<WebApplication>? map = null,
        string name = "test",
        Dictionary<string, string?>? settings = null)
    {
        TestHost host = new(add, map, name, settings ?? []);
        await host.App.StartAsync();
        return host;
    }

    public HttpClient HttpClient()
    {
        HttpClient client = new() { BaseAddress = HttpAddress };
        _clients.Add(client);
        return client;
    }

    public GrpcChannel Channel()
    {
        GrpcChannel channel = GrpcChannel.ForAddress(GrpcAddress);
        _clients.Add(channel);
        return channel;
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        await App.DisposeAsync();
        _folder.Dispose();
    }
}
