using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Health;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
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
        OpenTelemetryBuilder telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(serviceName, serviceVersion: Version))
            .WithTracing(tracing =>
            {
                tracing.AddSource(PlatformSources, GrpcClientSource);
                tracing.AddAspNetCoreInstrumentation(options => options.Filter = context => !HealthPaths.IsHealth(context.Request.Path));
                tracing.AddHttpClientInstrumentation();
                if (Exports(builder.Configuration, "TRACES"))
                {
                    tracing.AddOtlpExporter(options => SetEndpoint(options, builder.Configuration, "TRACES"));
                }
            })
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(PlatformSources);
                metrics.AddAspNetCoreInstrumentation();
                metrics.AddHttpClientInstrumentation();
                metrics.AddRuntimeInstrumentation();
                if (Exports(builder.Configuration, "METRICS"))
                {
                    metrics.AddOtlpExporter(options => SetEndpoint(options, builder.Configuration, "METRICS"));
                }
            });
        if (Exports(builder.Configuration, "LOGS"))
        {
            telemetry.WithLogging(
                logging => logging.AddOtlpExporter(options => SetEndpoint(options, builder.Configuration, "LOGS")),
                options => options.IncludeFormattedMessage = true);
        }
    }

    private static string Version => typeof(TelemetryExtensions).Assembly.GetName().Version?.ToString(3) ?? "0";

    private static bool Exports(IConfiguration configuration, string signal) => IsSet(configuration[Endpoint]) || IsSet(configuration[EndpointOf(signal)]);

    // The exporter itself reads the general variable only.
    private static void SetEndpoint(OtlpExporterOptions options, IConfiguration configuration, string signal)
    {
        if (configuration[EndpointOf(signal)] is { } endpoint && IsSet(endpoint))
        {
            options.Endpoint = Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? uri)
                ? uri
                : throw new InvalidOperationException($"{EndpointOf(signal)} is {SafeValue.Cut(endpoint)}, expected a URL");
        }
    }

    private static string EndpointOf(string signal) => $"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT";

    private static bool IsSet(string? value) => !string.IsNullOrWhiteSpace(value);
}
