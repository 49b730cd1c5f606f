using System.Net;
using LlmPlatform.ServiceDefaults.Health;
using LlmPlatform.ServiceDefaults.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LlmPlatform.AppHost.Startup;

/// <summary>The web server's listeners, and the services' addresses.</summary>
internal static class EmbeddedPortsExtensions
{
    private static readonly string[] Services = ["models", "tokenizer", "embedding", "generation", "retrieval", "training"];
    private static readonly string[] IgnoredSettings = [WebHostDefaults.HttpPortsKey, WebHostDefaults.HttpsPortsKey];

    /// <summary>
    /// Binds the ports, has the web server listen on them alone (ASPNETCORE_URLS and the like are ignored), and writes
    /// the services' addresses where service discovery looks for them.
    /// </summary>
    /// <exception cref="PortUnavailableException">A port cannot be bound.</exception>
    /// <exception cref="InvalidOperationException">A setting is wrong; the message names it.</exception>
    public static EmbeddedPorts ListenOnEmbeddedPorts(this WebApplicationBuilder builder)
    {
        EmbeddedPorts ports = EmbeddedPorts.Bind(builder.Configuration);
        builder.Services.AddSingleton<IStartupFilter, OwnAddressesOnly>();
        builder.WebHost.UseSockets(transport => transport.CreateBoundListenSocket = ports.Take);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenOn(ports.Public);
            kestrel.Listen(IPAddress.Loopback, ports.Internal, listener => listener.Protocols = HttpProtocols.Http2);
        });

        // Added last, so that they win over the environment.
        builder.Configuration.AddInMemoryCollection(
        [
            .. Services.Select(service => Setting($"services:{service}:grpc:0", $"http://127.0.0.1:{ports.Internal}")),
            .. IgnoredSettings.Select(key => Setting(key, "")),
        ]);

        // While the process drains, calls that are still running may still call the services; what outlasts the drain is
        // cancelled there, and the gateway passes on why.
        builder.Services.Configure<DrainOptions>(drain => (drain.StillServed, drain.CancelledAtTimeout) = (ports.IsInternal, ports.IsInternal));
        return ports;
    }

    private static KeyValuePair<string, string?> Setting(string key, string value) => new(key, value);
}
