using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace LlmPlatform.TrainingService.Work;

/// <summary>Traces and metrics of training.</summary>
internal static class JobTelemetry
{
    public const string Name = "LlmPlatform.Training";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Claims = Meter.CreateCounter<long>("llmplatform.training.claims", "{claim}", "Claims of jobs by outcome.");
    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>("llmplatform.training.claim.duration", "s", "How long a claim was worked on.");

    /// <summary>A trace of its own, linked to the one that asked for the work: work of hours is no child of a request.</summary>
    public static Activity? StartLinked(string? traceparent)
    {
        Activity? outer = Activity.Current;
        Activity.Current = null;
        try
        {
            ActivityLink[] links = ActivityContext.TryParse(traceparent, null, isRemote: true, out ActivityContext asked) ? [new ActivityLink(asked)] : [];
            return Source.StartActivity("train", ActivityKind.Consumer, parentContext: default, links: links);
        }
        finally
        {
            if (Activity.Current is null)
            {
                Activity.Current = outer;
            }
        }
    }

    public static void Ended(string outcome, TimeSpan took)
    {
        KeyValuePair<string, object?> tag = new("outcome", outcome);
        Claims.Add(1, tag);
        Duration.Record(took.TotalSeconds, tag);
    }
}
