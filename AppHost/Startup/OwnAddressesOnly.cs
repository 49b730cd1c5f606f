using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace LlmPlatform.AppHost.Startup;

/// <summary>
/// Drops the addresses that the host has read from ASPNETCORE_URLS and the like: the web server would not listen on them
/// anyway, but warn that it does not.
/// </summary>
internal sealed class OwnAddressesOnly(IServer server) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next)
    {
        server.Features.Get<IServerAddressesFeature>()?.Addresses.Clear();
        return next;
    }
}
