using System.Text.Json.Serialization;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.Gateway.OpenAi.VectorStores.Values;

namespace LlmPlatform.Gateway.OpenAi.VectorStores.Files;

/// <summary>A file in a vector store.</summary>
public sealed record VectorStoreFile
{
    /// <summary>The file's own id.</summary>
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary><c>vector_store.file</c>.</summary>
    [JsonPropertyName("object")]
    public string Object => "vector_store.file";

    /// <summary>Unix time in seconds at which it was added.</summary>
    [JsonPropertyName("created_at")]
    public required long CreatedAt { get; init; }

    /// <summary>Which vector store.</summary>
    [JsonPropertyName("vector_store_id")]
    public required string VectorStoreId { get; init; }

    /// <summary>Bytes of the file, once it is indexed.</summary>
    [JsonPropertyName("usage_bytes")]
    public required long UsageBytes { get; init; }

    /// <summary><c>in_progress</c>, <c>completed</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    [JsonPropertyName("status")]
    public required string Status { get; init; }

    /// <summary>Why it failed.</summary>
    [JsonPropertyName("last_error")]
    public VectorStoreFileError? LastError { get; init; }

    /// <summary>How it is cut.</summary>
    [JsonPropertyName("chunking_strategy")]
    public required ChunkingStrategy ChunkingStrategy { get; init; }

    /// <summary>What search can filter by.</summary>
    [JsonPropertyName("attributes")]
    public required AttributeValues Attributes { get; init; }

    /// <summary>The file's name. Not part of OpenAI's API.</summary>
    [JsonPropertyName("filename")]
    public required string Filename { get; init; }

    /// <summary>Its passages that search can find. Not part of OpenAI's API.</summary>
    [JsonPropertyName("chunks")]
    public required long Chunks { get; init; }

    /// <summary>What is being done; absent when nothing is. Not part of OpenAI's API.</summary>
    [JsonPropertyName("progress")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VectorStoreFileProgress? Progress { get; init; }

    /// <summary>What could not be read, although the file could. Not part of OpenAI's API.</summary>
    [JsonPropertyName("warnings")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Warnings { get; init; }

    internal static VectorStoreFile From(Document document) => new()
    {
        Id = document.FileId,
        CreatedAt = document.CreatedAt?.Seconds ?? 0,
        VectorStoreId = document.CollectionId,
        UsageBytes = document.Status == DocumentStatus.Completed ? document.Size : 0,
        Status = document.Status switch
        {
            DocumentStatus.Completed => "completed",
            DocumentStatus.Failed => "failed",
            DocumentStatus.Cancelled => "cancelled",
            _ => "in_progress",
        },
        LastError = document.Status == DocumentStatus.Failed && document.LastError is { } error ? VectorStoreFileError.From(error) : null,
        ChunkingStrategy = ChunkingStrategy.From(document.Chunking),
        Attributes = AttributeValues.From(document.Attributes),
        Filename = document.Filename,
        Chunks = document.Chunks,
        Progress = document.Status is DocumentStatus.Queued or DocumentStatus.InProgress ? VectorStoreFileProgress.From(document.Progress) : null,
        Warnings = document.Warnings.Count > 0 ? document.Warnings : null,
    };
}

/// <summary>Why a file could not be indexed.</summary>
public sealed record VectorStoreFileError
{
    /// <summary><c>unsupported_file</c>: of a kind that is not read; <c>invalid_file</c>: damaged, locked, empty or too large; <c>server_error</c>.</summary>
    [JsonPropertyName("code")]
    public required string Code { get; init; }

    /// <summary>For people.</summary>
    [JsonPropertyName("message")]
    public required string Message { get; init; }

    internal static VectorStoreFileError From(DocumentError error) => new()
    {
        Code = error.Code switch
        {
            "unsupported_type" or "type_mismatch" => "unsupported_file",
            "internal" or "" => "server_error",
            _ => "invalid_file",
        },
        Message = error.Message,
    };
}

/// <summary>How far a file is.</summary>
public sealed record VectorStoreFileProgress
{
    /// <summary><c>queued</c>, <c>parse</c>, <c>chunk</c>, <c>embed</c> or <c>index</c>.</summary>
    [JsonPropertyName("stage")]
    public required string Stage { get; init; }

    /// <summary>Passages done.</summary>
    [JsonPropertyName("chunks_done")]
    public required long ChunksDone { get; init; }

    /// <summary>Passages in all; 0 while that is not known.</summary>
    [JsonPropertyName("chunks_total")]
    public required long ChunksTotal { get; init; }

    internal static VectorStoreFileProgress From(IngestProgress? progress) => new()
    {
        Stage = progress?.Stage is { Length: > 0 } stage ? stage : "queued",
        ChunksDone = progress?.ChunksDone ?? 0,
        ChunksTotal = progress?.ChunksTotal ?? 0,
    };
}

/// <summary>One page of a vector store's files.</summary>
public sealed record VectorStoreFileList
{
    /// <summary><c>list</c>.</summary>
    [JsonPropertyName("object")]
    public string Object => "list";

    /// <summary>The files.</summary>
    [JsonPropertyName("data")]
    public required IReadOnlyList<VectorStoreFile> Data { get; init; }

    /// <summary>The first file's id.</summary>
    [JsonPropertyName("first_id")]
    public string? FirstId => Data.Count > 0 ? Data[0].Id : null;

    /// <summary>The last file's id: the next page's <c>after</c>.</summary>
    [JsonPropertyName("last_id")]
    public string? LastId => Data.Count > 0 ? Data[^1].Id : null;

    /// <summary>Whether there are more.</summary>
    [JsonPropertyName("has_more")]
    public required bool HasMore { get; init; }
}

/// <summary>Says that a file is in the vector store no more. The file itself is still there.</summary>
public sealed record VectorStoreFileDeleted
{
    /// <summary>The file's id.</summary>
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary><c>vector_store.file.deleted</c>.</summary>
    [JsonPropertyName("object")]
    public string Object => "vector_store.file.deleted";

    /// <summary>True.</summary>
    [JsonPropertyName("deleted")]
    public bool Deleted => true;
}

/// <summary>The text that was read from a file.</summary>
public sealed record VectorStoreFileContent
{
    /// <summary><c>vector_store.file_content.page</c>.</summary>
    [JsonPropertyName("object")]
    public string Object => "vector_store.file_content.page";

    /// <summary>The text in one or more pieces.</summary>
    [JsonPropertyName("data")]
    public required IReadOnlyList<TextContent> Data { get; init; }

    /// <summary>False: it is the whole text.</summary>
    [JsonPropertyName("has_more")]
    public bool HasMore => false;

    /// <summary>Null.</summary>
    [JsonPropertyName("next_page")]
    public string? NextPage => null;
}
