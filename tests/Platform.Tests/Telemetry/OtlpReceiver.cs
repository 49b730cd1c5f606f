using System.Collections.Concurrent;
using System.Net;
using Grpc.Core;
using LlmPlatform.Platform.Tests.Telemetry.Otlp;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Platform.Tests.Telemetry;

/// <summary>An OTLP endpoint on loopback that keeps every span it is sent.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly SpanStore _store;

    private OtlpReceiver(WebApplication app)
    {
        _app = app;
        _store = app.Services.GetRequiredService<SpanStore>();
    }

    public string Endpoint => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public IReadOnlyCollection<ReceivedSpan> Spans => _store.Spans;

    public static async Task<OtlpReceiver> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton<SpanStore>();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        WebApplication app = builder.Build();
        app.MapGrpcService<TraceReceiver>();
        await app.StartAsync();
        return new OtlpReceiver(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private sealed class SpanStore
    {
        public ConcurrentQueue<ReceivedSpan> Spans { get; } = new();
    }

    private sealed class TraceReceiver(SpanStore store) : TraceService.TraceServiceBase
    {
        public override Task<ExportTraceServiceResponse> Export(ExportTraceServiceRequest request, ServerCallContext context)
        {
            foreach (ScopeSpans scope in request.ResourceSpans.SelectMany(resource => resource.ScopeSpans))
            {
                foreach (Span span in scope.Spans)
                {
                    store.Spans.Enqueue(new ReceivedSpan(
                        Convert.ToHexStringLower(span.TraceId.Span),
                        Convert.ToHexStringLower(span.SpanId.Span),
                        Convert.ToHexStringLower(span.ParentSpanId.Span),
                        scope.Scope?.Name ?? "",
                        span.Name,
                        span.Attributes.ToDictionary(attribute => attribute.Key, Value)));
                }
            }

            return Task.FromResult(new ExportTraceServiceResponse());
        }

        private static string Value(KeyValue attribute) => attribute.Value.ValueCase switch
        {
            AnyValue.ValueOneofCase.StringValue => attribute.Value.StringValue,
            AnyValue.ValueOneofCase.IntValue => $"{attribute.Value.IntValue}",
            AnyValue.ValueOneofCase.DoubleValue => $"{attribute.Value.DoubleValue}",
            AnyValue.ValueOneofCase.BoolValue => $"{attribute.Value.BoolValue}",
            _ => "",
        };
    }
}

/// <summary>A span as it came over the wire; ids in hexadecimal, an empty parent for a root.</summary>
internal sealed record ReceivedSpan(
    string TraceId, string SpanId, string ParentSpanId, string Scope, string Name, IReadOnlyDictionary<string, string> Attributes);
