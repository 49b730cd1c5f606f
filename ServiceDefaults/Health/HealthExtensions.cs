using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace LlmPlatform.ServiceDefaults.Health;

/// <summary>Health and drain.</summary>
public static class HealthExtensions
{
    /// <summary>The tag of checks that <c>/health</c> and the gRPC health service ask: whether this process wants work.</summary>
    public const string ReadyTag = "ready";

    private static readonly string[] ReadyTags = [ReadyTag];

    internal static void AddPlatformHealth(this IHostApplicationBuilder builder)
    {
        IServiceCollection services = builder.Services;
        TimeSpan drain = DrainTimeout(builder.Configuration);
        services.Configure<DrainOptions>(options => options.Timeout = drain);

        // Above the drain's own limits, so that the host's limit cuts nothing short.
        services.Configure<HostOptions>(options => options.ShutdownTimeout = drain + DrainService.CancelledCallsTimeout + TimeSpan.FromSeconds(5));
        services.TryAddSingleton<DrainState>();
        services.AddHostedService<DrainService>();
        services.AddHealthChecks().AddCheck<NotDrainingCheck>("not-draining", tags: ReadyTags);
        services.AddGrpcHealthChecks(options =>
        {
            options.Services.Clear();
            options.Services.Map("", registration => registration.Tags.Contains(ReadyTag));
        });
    }

    internal static void MapPlatformHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHealthChecks(HealthPaths.Alive, new HealthCheckOptions { Predicate = _ => false }).AllowAnonymous();
        endpoints.MapHealthChecks(HealthPaths.Ready, new HealthCheckOptions { Predicate = check => check.Tags.Contains(ReadyTag) }).AllowAnonymous();
        endpoints.MapGrpcHealthChecksService().AllowAnonymous();
    }

    private static TimeSpan DrainTimeout(IConfiguration configuration)
    {
        string? text = configuration[DrainOptions.TimeoutConfigurationKey];
        if (string.IsNullOrEmpty(text))
        {
            return new DrainOptions().Timeout;
        }

        // "10" is ten seconds; TimeSpan.Parse would read ten days.
        bool valid = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds)
            || (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan span) && (seconds = span.TotalSeconds) >= 0);
        return valid && seconds is >= 0 and <= 3600
            ? TimeSpan.FromSeconds(seconds)
            : throw new InvalidOperationException($"{DrainOptions.TimeoutConfigurationKey} is {Errors.SafeValue.Cut(text)}, expected seconds from 0 to 3600 or hh:mm:ss");
    }

    private sealed class NotDrainingCheck(DrainState state) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(state.Draining ? HealthCheckResult.Unhealthy("shutting down") : HealthCheckResult.Healthy());
    }
}
