using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.Gateway.OpenAi.VectorStores.Values;

namespace LlmPlatform.Gateway.OpenAi.VectorStores.Batches;

/// <summary>Files that were added together.</summary>
public sealed record FileBatch
{
    /// <summary>What requests name it by.</summary>
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary><c>vector_store.files_batch</c>.</summary>
    [JsonPropertyName("object")]
    public string Object => "vector_store.files_batch";

    /// <summary>Unix time in seconds.</summary>
    [JsonPropertyName("created_at")]
    public required long CreatedAt { get; init; }

    /// <summary>Which vector store.</summary>
    [JsonPropertyName("vector_store_id")]
    public required string VectorStoreId { get; init; }

    /// <summary><c>in_progress</c>, <c>completed</c> (files may have failed), <c>failed</c> (all of them) or <c>cancelled</c>.</summary>
    [JsonPropertyName("status")]
    public required string Status { get; init; }

    /// <summary>How its files are doing.</summary>
    [JsonPropertyName("file_counts")]
    public required FileCounts FileCounts { get; init; }

    internal static FileBatch From(string store, BatchId id, IReadOnlyCollection<Document> documents)
    {
        FileCounts counts = FileCounts.Of(documents);
        return new FileBatch
        {
            Id = id.Text,
            CreatedAt = id.CreatedAt,
            VectorStoreId = store,
            FileCounts = counts,
            Status = counts.InProgress > 0 ? "in_progress"
                : counts.Cancelled > 0 ? "cancelled"
                : counts.Failed == counts.Total ? "failed"
                : "completed",
        };
    }
}

/// <summary>
/// A batch is nothing but its name on the documents that were added with it, so nothing is to be kept or lost: the id
/// says when it was made, and the documents say the rest.
/// </summary>
internal sealed record BatchId(string Text, long CreatedAt)
{
    private const string Prefix = "vsfb_";
    private const int TimeDigits = 9;
    private const int RandomBytes = 12;
    private const int Length = 5 + TimeDigits + (2 * RandomBytes);

    public static BatchId New(TimeProvider clock)
    {
        long seconds = clock.GetUtcNow().ToUnixTimeSeconds();
        return new BatchId($"{Prefix}{seconds.ToString("x9", CultureInfo.InvariantCulture)}{RandomNumberGenerator.GetHexString(2 * RandomBytes, lowercase: true)}", seconds);
    }

    public static BatchId? Parse(string text) =>
        text.Length == Length && text.StartsWith(Prefix, StringComparison.Ordinal)
        && long.TryParse(text.AsSpan(Prefix.Length, TimeDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long seconds)
            ? new BatchId(text, seconds)
            : null;
}
