using System.Collections.Concurrent;
using System.Diagnostics;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.ServiceDefaults.Grpc;
using LlmPlatform.ServiceDefaults.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using ModelsClient = LlmPlatform.Contracts.Models.V1.Models.ModelsClient;

namespace LlmPlatform.ServiceDefaults.Tests.Telemetry;

public sealed class TelemetryTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_trace_goes_from_HTTP_through_gRPC_to_the_services_own_spans()
    {
        using ActivitySource source = new("LlmPlatform.TelemetryTests");
        Recorder recorder = new();
        await using TestHost models = await TestHost.StartAsync(
            builder =>
            {
                recorder.AttachTo(builder);
                builder.Services.AddSingleton(new ScriptedModels.Script
                {
                    Get = (request, _) =>
                    {
                        using Activity? step = source.StartActivity("engine step");
                        return Task.FromResult(new ModelVersion { Name = request.Model });
                    },
                });
            },
            app => app.MapGrpcService<ScriptedModels>());
        await using TestHost gateway = await TestHost.StartAsync(
            builder =>
            {
                recorder.AttachTo(builder);
                builder.AddPlatformClient<ModelsClient>("models");
            },
            app => app.MapGet("/chat", async (ModelsClient client) => (await client.GetAsync(new GetModelRequest { Model = "a prompt, say" })).Name),
            settings: new() { ["services:models:grpc:0"] = models.GrpcAddress.ToString() });
        using HttpClient http = gateway.HttpClient();

        using Activity caller = new Activity("caller") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start();
        ActivityTraceId trace = caller.TraceId;
        await http.GetAsync("/chat", Ct);
        caller.Stop();
        await http.GetAsync("/health", Ct);
        await http.GetAsync("/alive", Ct);
        await recorder.WaitForAsync(span => span.TraceId == trace && span.ParentSpanId == caller.SpanId);

        Activity step = recorder.Spans.First(span => span.DisplayName == "engine step" && span.TraceId == trace);
        List<string> way = [];
        for (Activity? span = step; span is not null; span = recorder.Spans.FirstOrDefault(other => other.SpanId == span.ParentSpanId))
        {
            way.Add($"{span.Source.Name}/{span.Kind}");
        }

        Assert.Equal(
            ["LlmPlatform.TelemetryTests/Internal", "Microsoft.AspNetCore/Server", "System.Net.Http/Client", "Grpc.Net.Client/Client", "Microsoft.AspNetCore/Server", "System.Net.Http/Client"],
            way);
        Assert.DoesNotContain(recorder.Spans, span => span.Kind == ActivityKind.Server && span.GetTagItem("url.path") is "/health" or "/alive");
        Assert.DoesNotContain(recorder.Spans, span => span.TagObjects.Any(tag => tag.Value is string text && text.Contains("prompt", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "", "/v1/traces", "/v1/metrics")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "/v1/traces", "/v1/traces")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "/v1/metrics", "/v1/metrics")]
    public async Task Signals_are_exported_where_the_standard_variables_say(string variable, string path, params string[] expected)
    {
        ConcurrentDictionary<string, int> received = new();
        await using TestHost receiver = await TestHost.StartAsync(map: app => app.MapPost("/{**path}", (HttpContext context) =>
        {
            received.AddOrUpdate(context.Request.Path.Value!, 1, (_, count) => count + 1);
            return Results.Ok();
        }));
        await using (TestHost host = await TestHost.StartAsync(
            map: app => app.MapGet("/hello", () => "hello"),
            settings: new()
            {
                [variable] = new Uri(receiver.HttpAddress, path).ToString(),
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            }))
        {
            await host.HttpClient().GetStringAsync("/hello", Ct);
            host.Services.GetRequiredService<TracerProvider>().ForceFlush(5000);
            host.Services.GetRequiredService<MeterProvider>().ForceFlush(5000);
        }

        // The log is exported too where the general variable is set; it needs no test of its own here.
        Assert.Equal(expected.Order(), received.Keys.Except(["/v1/logs"]).Order());
    }

    private sealed class Recorder
    {
        private readonly ConcurrentQueue<Activity> _spans = new();

        public IReadOnlyList<Activity> Spans => [.. _spans];

        public void AttachTo(WebApplicationBuilder builder) =>
            builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddProcessor(new Tap(_spans)));

        public async Task WaitForAsync(Func<Activity, bool> condition)
        {
            for (int i = 0; i < 500 && !Spans.Any(condition); i++)
            {
                await Task.Delay(10, Ct);
            }
        }

        private sealed class Tap(ConcurrentQueue<Activity> spans) : BaseProcessor<Activity>
        {
            public override void OnEnd(Activity data) => spans.Enqueue(data);
        }
    }
}
