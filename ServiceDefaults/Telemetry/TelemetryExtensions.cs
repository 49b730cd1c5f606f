using LlmPlatform.ServiceDefaults.Health;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace LlmPlatform.ServiceDefaults.Telemetry;

/// <summary>
/// OpenTelemetry: traces and metrics of every service, and its log, sent by OTLP where the standard variables name an
/// endpoint. Prompts and documents are in none of them.
/// </summary>
internal static class TelemetryExtensions
{
    /// <summary>Activity sources and meters of the platform.</summary>
    private const string PlatformSources = "LlmPlatform.*";

    private const string GrpcClientSource = "Grpc.Net.Client";
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static void AddPlatformTelemetry(this IHostApplicationBuilder builder, string serviceName)
    {
        bool Exports(string signal) =>
            IsSet(builder.Configuration, Endpoint) || IsSet(builder.Configuration, $"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT");

        OpenTelemetryBuilder telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(serviceName, serviceVersion: Version))
            .WithTracing(tracing =>
            {
                tracing.AddSource(PlatformSources, GrpcClientSource);
                tracing.AddAspNetCoreInstrumentation(options => options.Filter = context => !HealthPaths.IsHealth(context.Request.Path));
                tracing.AddHttpClientInstrumentation();
                if (Exports("TRACES"))
                {
                    tracing.AddOtlpExporter();
                }
            })
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(PlatformSources);
                metrics.AddAspNetCoreInstrumentation();
                metrics.AddHttpClientInstrumentation();
                metrics.AddRuntimeInstrumentation();
                if (Exports("METRICS"))
                {
                    metrics.AddOtlpExporter();
                }
            });
        if (Exports("LOGS"))
        {
            telemetry.WithLogging(logging => logging.AddOtlpExporter(), options => options.IncludeFormattedMessage = true);
        }
    }

    private static string Version => typeof(TelemetryExtensions).Assembly.GetName().Version?.ToString(3) ?? "0";

    private static bool IsSet(IConfiguration configuration, string key) => !string.IsNullOrWhiteSpace(configuration[key]);
}
