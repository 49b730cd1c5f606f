using System.Text.Json.Serialization;
using LlmPlatform.Contracts.Retrieval.V1;

namespace LlmPlatform.Gateway.OpenAi.VectorStores.Values;

/// <summary>How many files are in which state.</summary>
public sealed record FileCounts
{
    /// <summary>Queued or being read, cut, embedded or indexed.</summary>
    [JsonPropertyName("in_progress")]
    public required long InProgress { get; init; }

    /// <summary>Found by search.</summary>
    [JsonPropertyName("completed")]
    public required long Completed { get; init; }

    /// <summary>Could not be read; each says why.</summary>
    [JsonPropertyName("failed")]
    public required long Failed { get; init; }

    /// <summary>Ended by a caller.</summary>
    [JsonPropertyName("cancelled")]
    public required long Cancelled { get; init; }

    /// <summary>All of them.</summary>
    [JsonPropertyName("total")]
    public required long Total { get; init; }

    internal static FileCounts From(DocumentCounts? counts) => new()
    {
        InProgress = (counts?.Queued ?? 0) + (counts?.InProgress ?? 0),
        Completed = counts?.Completed ?? 0,
        Failed = counts?.Failed ?? 0,
        Cancelled = counts?.Cancelled ?? 0,
        Total = counts?.Total ?? 0,
    };

    internal static FileCounts Of(IReadOnlyCollection<Document> documents) => new()
    {
        InProgress = documents.Count(document => document.Status is DocumentStatus.Queued or DocumentStatus.InProgress),
        Completed = documents.Count(document => document.Status == DocumentStatus.Completed),
        Failed = documents.Count(document => document.Status == DocumentStatus.Failed),
        Cancelled = documents.Count(document => document.Status == DocumentStatus.Cancelled),
        Total = documents.Count,
    };
}
