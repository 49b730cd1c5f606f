using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace LlmPlatform.RetrievalService.Ingest;

/// <summary>Traces and metrics of retrieval. Texts, queries and names are in none of them.</summary>
internal static class IngestTelemetry
{
    public const string Name = "LlmPlatform.Retrieval";

    public static readonly ActivitySource Source = new(Name);

    public static readonly Meter Meter = new(Name);

    public static readonly Counter<long> Documents =
        Meter.CreateCounter<long>("llmplatform.retrieval.documents", "{document}", "Ingestions by outcome.");

    public static readonly Counter<long> ChunksEmbedded =
        Meter.CreateCounter<long>("llmplatform.retrieval.chunks.embedded", "{chunk}", "Chunks that had to be embedded.");

    public static readonly Histogram<double> Duration =
        Meter.CreateHistogram<double>("llmplatform.retrieval.ingest.duration", "s", "How long an ingestion took.");

    /// <summary>A trace of its own, linked to the one that asked for the work: work of minutes is no child of a request.</summary>
    public static Activity? StartLinked(string name, string? traceparent)
    {
        Activity? outer = Activity.Current;
        Activity.Current = null;
        try
        {
            ActivityLink[] links = ActivityContext.TryParse(traceparent, null, isRemote: true, out ActivityContext asked) ? [new ActivityLink(asked)] : [];
            return Source.StartActivity(name, ActivityKind.Consumer, parentContext: default, links: links);
        }
        finally
        {
            if (Activity.Current is null)
            {
                Activity.Current = outer;
            }
        }
    }

    public static void Ended(string outcome) => Documents.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
}
