using LlmPlatform.ServiceDefaults.Hosting;
using Microsoft.AspNetCore.Builder;

namespace LlmPlatform.Gateway.Tests.Fakes;

/// <summary>The two ways in which a process hosts the gateway.</summary>
internal static class Pipelines
{
    public static void Plain(WebApplication app)
    {
        app.UseGateway();
        app.UseServiceDefaults();
        app.MapDefaultEndpoints();
        app.MapGateway();
    }

    /// <summary>As the embedded host does it: a branch beside others.</summary>
    public static void Branch(WebApplication app) => app.MapWhen(_ => true, branch =>
    {
        branch.UseRouting();
        branch.UseGateway();
        branch.UseServiceDefaults();
        branch.UseEndpoints(endpoints =>
        {
            endpoints.MapDefaultEndpoints();
            endpoints.MapGateway();
        });
    });
}
