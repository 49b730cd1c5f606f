using System.Text.Json.Serialization;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.OpenAi.Requests;
using LlmPlatform.Gateway.OpenAi.VectorStores.Values;

namespace LlmPlatform.Gateway.OpenAi.VectorStores.Stores;

/// <summary>The body of <c>POST /v1/vector_stores</c>.</summary>
public sealed record CreateVectorStoreRequest
{
    internal const int LongestName = 256;
    internal const int MostFiles = 500;

    private const string DefaultName = "Untitled vector store";
    private const int LongestDescription = 1024;

    /// <summary>At most 256 characters. Default: <c>Untitled vector store</c>.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>What it is for, at most 1,024 characters.</summary>
    [JsonPropertyName("description")]
    public string? Description { get; init; }

    /// <summary>Files to index, at most 500; <c>/v1/vector_stores/{id}/file_batches</c> takes more.</summary>
    [JsonPropertyName("file_ids")]
    public IReadOnlyList<string>? FileIds { get; init; }

    /// <summary>How documents are cut, unless a file says otherwise.</summary>
    [JsonPropertyName("chunking_strategy")]
    public ChunkingStrategy? ChunkingStrategy { get; init; }

    /// <summary>At most 16 names of at most 64 characters, each with a text of at most 512.</summary>
    [JsonPropertyName("metadata")]
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>
    /// The encoder of its vectors: a model's name, <c>name@version</c> or <c>name@alias</c>. Default: the platform's first
    /// one; without any, the store is searched by words until there is one. Not part of OpenAI's API.
    /// </summary>
    [JsonPropertyName("embedding_model")]
    public string? EmbeddingModel { get; init; }

    /// <summary>Searched by words only, now and later. Not part of OpenAI's API.</summary>
    [JsonPropertyName("keyword_only")]
    public bool? KeywordOnly { get; init; }

    /// <summary>The share of meaning, against words, in the score, 0 to 1. Default: measured on the texts. Not part of OpenAI's API.</summary>
    [JsonPropertyName("dense_weight")]
    public double? DenseWeight { get; init; }

    /// <exception cref="OpenAiException">A field is not as expected.</exception>
    internal static (CreateCollectionRequest Request, IReadOnlyList<string> FileIds) Read(RequestFields fields)
    {
        CreateCollectionRequest request = new()
        {
            Name = TakeText(fields, "name", LongestName) ?? DefaultName,
            Description = TakeText(fields, "description", LongestDescription) ?? "",
            EmbeddingModel = fields.TakeString("embedding_model") ?? "",
            KeywordOnly = fields.TakeBoolean("keyword_only") ?? false,
            Chunking = ChunkingStrategy.Read(fields),
        };
        if (fields.TakeDouble("dense_weight", 0, 1) is { } weight)
        {
            request.DenseWeight = weight;
        }

        if (NamedValues.ReadMetadata(fields) is { } metadata)
        {
            request.Metadata.Add(metadata.ToDictionary());
        }

        IReadOnlyList<string> files = FileIdList.Read(fields, "file_ids", MostFiles) ?? [];
        fields.RefuseExpiry();
        fields.RefuseUnknown();
        return request is { KeywordOnly: true, EmbeddingModel.Length: > 0 }
            ? throw InvalidRequest.WrongHiddenValue("embedding_model", "'keyword_only' is true as well. Expected one of them")
            : (request, files);
    }

    /// <returns>Null for none; an empty text counts as none.</returns>
    internal static string? TakeText(RequestFields fields, string name, int longest) => fields.TakeString(name) switch
    {
        null or "" => null,
        { } text when text.Length > longest => throw InvalidRequest.StringTooLong(fields.ParamOf(name), longest, text.Length),
        { } text => text,
    };
}

/// <summary>The body of <c>POST /v1/vector_stores/{id}</c>.</summary>
public sealed record UpdateVectorStoreRequest
{
    /// <summary>Its new name.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>Replaces all metadata.</summary>
    [JsonPropertyName("metadata")]
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>The share of meaning, against words, in the score, 0 to 1. Not part of OpenAI's API.</summary>
    [JsonPropertyName("dense_weight")]
    public double? DenseWeight { get; init; }

    /// <exception cref="OpenAiException">A field is not as expected.</exception>
    internal static UpdateCollectionRequest Read(string id, RequestFields fields)
    {
        UpdateCollectionRequest request = new() { Id = id };
        if (CreateVectorStoreRequest.TakeText(fields, "name", CreateVectorStoreRequest.LongestName) is { } name)
        {
            request.Name = name;
        }

        if (fields.TakeDouble("dense_weight", 0, 1) is { } weight)
        {
            request.DenseWeight = weight;
        }

        if (NamedValues.ReadMetadata(fields) is { } metadata)
        {
            request.ReplaceMetadata = true;
            request.Metadata.Add(metadata.ToDictionary());
        }

        fields.RefuseExpiry();
        fields.RefuseUnknown();
        return request;
    }
}

/// <summary>What this platform does not have.</summary>
internal static class Expiry
{
    public static void RefuseExpiry(this RequestFields fields) =>
        fields.Refuse("expires_after", Neutral.Nothing, "vector stores here stay until they are deleted");
}
