using System.Globalization;
using System.Net.Http.Json;
using LlmPlatform.Platform.Tests.Samples;
using LlmPlatform.Testing;

namespace LlmPlatform.Platform.Tests.Telemetry;

/// <summary>The spans of one chat are one trace, from HTTP through gRPC to the engine's steps.</summary>
public sealed class TraceTests : IDisposable
{
    private const string Model = "tiny";
    private const string Prompt = "the cat sits on the mat";
    private const int MaxTokens = 5;

    private readonly string _folder = Directory.CreateTempSubdirectory("llmplatform-trace-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task One_chat_is_one_trace_with_token_counts()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        await using PlatformProcess platform = await PlatformProcess.StartAsync(new PlatformProcessOptions
        {
            Models = new Dictionary<string, string> { [Model] = await TinyModels.WriteDecoderAsync(Path.Combine(_folder, Model)) },
            Environment = new Dictionary<string, string>
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Endpoint,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc",
                ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
            },
        });
        using HttpClient http = new() { BaseAddress = platform.Http };
        using HttpResponseMessage response = await http.PostAsJsonAsync("/v1/chat/completions", new
        {
            model = Model,
            messages = new[] { new { role = "user", content = Prompt } },
            max_tokens = MaxTokens,
            temperature = 0,
        });
        response.EnsureSuccessStatusCode();

        ReceivedSpan decode = await WaitForAsync(receiver, span => span.Name == "engine.decode");
        ReceivedSpan root = await WaitForAsync(receiver, span => span.TraceId == decode.TraceId && span.ParentSpanId.Length == 0);
        Dictionary<string, ReceivedSpan> trace = receiver.Spans.Where(span => span.TraceId == decode.TraceId).ToDictionary(span => span.SpanId);
        Assert.Contains("/v1/chat/completions", root.Name, StringComparison.Ordinal);
        Assert.All(trace.Values.Where(span => span != root), span => Assert.True(trace.ContainsKey(span.ParentSpanId), $"{span.Name} has no parent in the trace"));

        List<ReceivedSpan> path = [decode];
        while (path[^1].ParentSpanId.Length > 0)
        {
            path.Add(trace[path[^1].ParentSpanId]);
        }

        Assert.Equal(root, path[^1]);
        Assert.Contains(path, span => span.Name.Contains("Generation/Chat", StringComparison.Ordinal));
        Assert.Contains(trace.Values, span => span.Name == "engine.prefill");
        ReceivedSpan call = path.Last(span => span.Attributes.GetValueOrDefault("gen_ai.operation.name") == "chat");
        Assert.Equal(Model, call.Attributes["gen_ai.request.model"]);
        Assert.True(Count(call, "gen_ai.usage.input_tokens") > 0);
        Assert.InRange(Count(call, "gen_ai.usage.output_tokens"), 1, MaxTokens);
        Assert.Equal(Count(call, "gen_ai.usage.output_tokens"), Count(decode, "gen_ai.usage.output_tokens"));
        Assert.DoesNotContain(receiver.Spans.SelectMany(span => span.Attributes.Values), value => value.Contains(Prompt, StringComparison.Ordinal));
    }

    private static int Count(ReceivedSpan span, string attribute) => int.Parse(span.Attributes[attribute], CultureInfo.InvariantCulture);

    private static async Task<ReceivedSpan> WaitForAsync(OtlpReceiver receiver, Func<ReceivedSpan, bool> condition)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        while (true)
        {
            if (receiver.Spans.FirstOrDefault(condition) is { } found)
            {
                return found;
            }

            await Task.Delay(50, limit.Token);
        }
    }
}
