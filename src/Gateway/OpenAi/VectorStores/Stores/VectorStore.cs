using System.Text.Json.Serialization;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.Gateway.OpenAi.VectorStores.Values;

namespace LlmPlatform.Gateway.OpenAi.VectorStores.Stores;

/// <summary>A collection of documents that can be searched.</summary>
public sealed record VectorStore
{
    /// <summary>What requests name it by.</summary>
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary><c>vector_store</c>.</summary>
    [JsonPropertyName("object")]
    public string Object => "vector_store";

    /// <summary>Unix time in seconds.</summary>
    [JsonPropertyName("created_at")]
    public required long CreatedAt { get; init; }

    /// <summary>Its name; need not be unique.</summary>
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>What it is for.</summary>
    [JsonPropertyName("description")]
    public string? Description { get; init; }

    /// <summary>Bytes of its files.</summary>
    [JsonPropertyName("usage_bytes")]
    public required long UsageBytes { get; init; }

    /// <summary>How its files are doing.</summary>
    [JsonPropertyName("file_counts")]
    public required FileCounts FileCounts { get; init; }

    /// <summary><c>in_progress</c> while files are being indexed, else <c>completed</c>. It can be searched all the time.</summary>
    [JsonPropertyName("status")]
    public required string Status { get; init; }

    /// <summary>Null: vector stores here do not expire.</summary>
    [JsonPropertyName("expires_after")]
    public object? ExpiresAfter => null;

    /// <summary>Null.</summary>
    [JsonPropertyName("expires_at")]
    public long? ExpiresAt => null;

    /// <summary>Null: it is not recorded.</summary>
    [JsonPropertyName("last_active_at")]
    public long? LastActiveAt => null;

    /// <summary>The caller's own names and texts.</summary>
    [JsonPropertyName("metadata")]
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>The encoder that its vectors are made with; absent when it is searched by words only. Not part of OpenAI's API.</summary>
    [JsonPropertyName("embedding_model")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? EmbeddingModel { get; init; }

    /// <summary>Passages that search can find. Not part of OpenAI's API.</summary>
    [JsonPropertyName("chunks")]
    public required long Chunks { get; init; }

    /// <summary>The share of meaning, against words, in the score, 0 to 1. Not part of OpenAI's API.</summary>
    [JsonPropertyName("dense_weight")]
    public required double DenseWeight { get; init; }

    /// <summary>The tenant it belongs to. Not part of OpenAI's API.</summary>
    [JsonPropertyName("owned_by")]
    public required string OwnedBy { get; init; }

    internal static VectorStore From(Collection collection) => new()
    {
        Id = collection.Id,
        CreatedAt = collection.CreatedAt?.Seconds ?? 0,
        Name = collection.Name,
        Description = collection.Description is { Length: > 0 } description ? description : null,
        UsageBytes = collection.DocumentsSize,
        FileCounts = FileCounts.From(collection.Documents),
        Status = collection.Documents is { } documents && documents.Queued + documents.InProgress > 0 ? "in_progress" : "completed",
        Metadata = collection.Metadata,
        EmbeddingModel = collection.EmbeddingModel is { Length: > 0 } model ? model : null,
        Chunks = collection.Chunks,
        DenseWeight = collection.DenseWeight,
        OwnedBy = collection.Tenant,
    };
}

/// <summary>One page of vector stores.</summary>
public sealed record VectorStoreList
{
    /// <summary><c>list</c>.</summary>
    [JsonPropertyName("object")]
    public string Object => "list";

    /// <summary>The vector stores.</summary>
    [JsonPropertyName("data")]
    public required IReadOnlyList<VectorStore> Data { get; init; }

    /// <summary>The first one's id.</summary>
    [JsonPropertyName("first_id")]
    public string? FirstId => Data.Count > 0 ? Data[0].Id : null;

    /// <summary>The last one's id: the next page's <c>after</c>.</summary>
    [JsonPropertyName("last_id")]
    public string? LastId => Data.Count > 0 ? Data[^1].Id : null;

    /// <summary>Whether there are more.</summary>
    [JsonPropertyName("has_more")]
    public required bool HasMore { get; init; }
}

/// <summary>Says that a vector store is gone.</summary>
public sealed record VectorStoreDeleted
{
    /// <summary>Its id.</summary>
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary><c>vector_store.deleted</c>.</summary>
    [JsonPropertyName("object")]
    public string Object => "vector_store.deleted";

    /// <summary>True.</summary>
    [JsonPropertyName("deleted")]
    public bool Deleted => true;
}
