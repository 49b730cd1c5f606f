using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace LlmPlatform.Inference.Diagnostics;

/// <summary>
/// Spans and measurements of the engine, by OpenTelemetry's conventions for generative AI. Never any text.
/// </summary>
public static class InferenceTelemetry
{
    /// <summary>The name of the <see cref="ActivitySource"/> and of the <see cref="Meter"/>.</summary>
    public const string Name = "LlmPlatform.Inference";

    internal const string InputTokens = "gen_ai.usage.input_tokens";
    internal const string OutputTokens = "gen_ai.usage.output_tokens";
    internal const string FinishReasons = "gen_ai.response.finish_reasons";
    internal const string RequestModel = "gen_ai.request.model";
    internal const string Steps = "llmplatform.engine.steps";

    internal static readonly ActivitySource Source = new(Name);

    private static readonly Meter Meter = new(Name);

    internal static readonly Histogram<double> TimeToFirstToken = Meter.CreateHistogram<double>(
        "gen_ai.server.time_to_first_token", "s", "From submission to the first token");

    internal static readonly Histogram<double> TimePerOutputToken = Meter.CreateHistogram<double>(
        "gen_ai.server.time_per_output_token", "s", "Between tokens after the first, averaged over a generation");

    internal static readonly Counter<long> EngineSteps = Meter.CreateCounter<long>(
        "llmplatform.engine.steps", "{step}", "Steps of decoder networks");

    internal static readonly Counter<long> PromptTokens = Meter.CreateCounter<long>(
        "llmplatform.engine.prompt_tokens", "{token}", "Prompt tokens run");

    internal static readonly Counter<long> GeneratedTokens = Meter.CreateCounter<long>(
        "llmplatform.engine.generated_tokens", "{token}", "Tokens generated");

    internal static readonly UpDownCounter<int> ActiveSequences = Meter.CreateUpDownCounter<int>(
        "llmplatform.engine.active_sequences", "{sequence}", "Sequences that take part in steps");

    internal static readonly Counter<long> Refused = Meter.CreateCounter<long>(
        "llmplatform.engine.refused", "{request}", "Requests refused because the queue was full");

    internal static readonly Counter<long> Preempted = Meter.CreateCounter<long>(
        "llmplatform.engine.preempted", "{sequence}", "Sequences put back into the queue because the room for keys and values ran out");

    internal static readonly Counter<long> EmbeddedTokens = Meter.CreateCounter<long>(
        "llmplatform.encoder.tokens", "{token}", "Tokens run through encoders");

    internal static readonly Counter<long> EmbeddedTexts = Meter.CreateCounter<long>(
        "llmplatform.encoder.texts", "{text}", "Texts embedded");

    /// <summary>
    /// Starts a span below <paramref name="parent"/>, or below the current one, without making it current: it ends on
    /// another thread.
    /// </summary>
    internal static Activity? StartDetached(string name, Activity? parent)
    {
        Activity? current = Activity.Current;
        Activity? activity = Source.StartActivity(name, ActivityKind.Internal, parent?.Context ?? current?.Context ?? default);
        Activity.Current = current;
        return activity;
    }

    /// <summary>Ends a span and leaves the current one as it is.</summary>
    internal static void StopDetached(Activity? activity)
    {
        Activity? current = Activity.Current;
        activity?.Dispose();
        Activity.Current = current;
    }
}
