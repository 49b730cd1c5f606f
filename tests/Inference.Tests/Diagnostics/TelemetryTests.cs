using System.Diagnostics;
using System.Diagnostics.Metrics;
using LlmPlatform.Inference.Diagnostics;
using LlmPlatform.Inference.Sampling;
using LlmPlatform.Inference.Scheduling;
using LlmPlatform.Inference.Tests.Scheduling;

namespace LlmPlatform.Inference.Tests.Diagnostics;

public sealed class TelemetryTests
{
    [Fact]
    public async Task A_generation_is_a_span_of_its_caller_with_a_child_for_each_phase_and_token_counts()
    {
        List<Activity> ended = [];
        using ActivitySource callers = new("test.caller");
        using ActivityListener listener = new()
        {
            ShouldListenTo = source => source.Name is InferenceTelemetry.Name or "test.caller",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                lock (ended)
                {
                    ended.Add(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);

        ActivityTraceId trace;
        await using (GenerationEngine engine = new(new FakeBackend(), _ => new FakeBackend.Letters(), [], new GenerationEngineOptions(), TimeProvider.System, "a-model"))
        {
            using Activity caller = callers.StartActivity("request")!;
            trace = caller.TraceId;
            GenerationRequest request = new() { PromptIds = [9, 10, 11], MaxTokens = 5, Sampling = SamplingOptions.Greedy };
            await foreach (GenerationChunk chunk in engine.GenerateAsync(request, TestContext.Current.CancellationToken))
            {
                Assert.Same(caller, Activity.Current);
            }

            Assert.Same(caller, Activity.Current);
        }

        Activity[] spans;
        lock (ended)
        {
            spans = [.. ended.Where(activity => activity.TraceId == trace)];
        }

        Activity request0 = Assert.Single(spans, span => span.OperationName == "request");
        Activity generate = Assert.Single(spans, span => span.OperationName == "generate");
        Activity prefill = Assert.Single(spans, span => span.OperationName == "engine.prefill");
        Activity decode = Assert.Single(spans, span => span.OperationName == "engine.decode");
        Assert.Equal(request0.SpanId, generate.ParentSpanId);
        Assert.Equal(generate.SpanId, prefill.ParentSpanId);
        Assert.Equal(generate.SpanId, decode.ParentSpanId);
        Assert.Equal(3, generate.GetTagItem("gen_ai.usage.input_tokens"));
        Assert.Equal(5, generate.GetTagItem("gen_ai.usage.output_tokens"));
        Assert.Equal("a-model", generate.GetTagItem("gen_ai.request.model"));
        Assert.Equal(1L, prefill.GetTagItem("llmplatform.engine.steps"));
        Assert.Equal(4L, decode.GetTagItem("llmplatform.engine.steps"));
        Assert.All(spans, span => Assert.DoesNotContain(span.TagObjects, tag => tag.Value is string text && text.Contains('J', StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Times_and_tokens_are_measured()
    {
        Dictionary<string, double> sums = [];
        using MeterListener listener = new()
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == InferenceTelemetry.Name)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        void Add(Instrument instrument, double value)
        {
            lock (sums)
            {
                sums[instrument.Name] = sums.GetValueOrDefault(instrument.Name) + value;
            }
        }

        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => Add(instrument, value));
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Add(instrument, value));
        listener.Start();
        await using (GenerationEngine engine = new(new FakeBackend(), _ => new FakeBackend.Letters(), [], new GenerationEngineOptions(), TimeProvider.System))
        {
            GenerationRequest request = new() { PromptIds = [9, 10, 11], MaxTokens = 5, Sampling = SamplingOptions.Greedy };
            await foreach (GenerationChunk chunk in engine.GenerateAsync(request, TestContext.Current.CancellationToken))
            {
            }
        }

        // Other tests may run beside this one: at least so much.
        Assert.True(sums["gen_ai.server.time_to_first_token"] > 0);
        Assert.True(sums["gen_ai.server.time_per_output_token"] > 0);
        Assert.True(sums["llmplatform.engine.generated_tokens"] >= 5);
        Assert.True(sums["llmplatform.engine.prompt_tokens"] >= 3);
        Assert.True(sums["llmplatform.engine.steps"] >= 5);
    }
}
