using System.Text.Json.Serialization;
using LlmPlatform.Gateway.OpenAi.Requests;
using LlmPlatform.Gateway.OpenAi.VectorStores.Values;

namespace LlmPlatform.Gateway.OpenAi.VectorStores.Files;

/// <summary>The body of <c>POST /v1/vector_stores/{id}/files</c>, and one file of a batch.</summary>
public sealed record CreateVectorStoreFileRequest
{
    /// <summary>A file of <c>/v1/files</c>. One that is in the store already keeps its place.</summary>
    [JsonPropertyName("file_id")]
    public required string FileId { get; init; }

    /// <summary>At most 16 names of at most 64 characters, each with a text of at most 512, a number or a boolean.</summary>
    [JsonPropertyName("attributes")]
    public AttributeValues? Attributes { get; init; }

    /// <summary>How it is cut. Default: as the store says.</summary>
    [JsonPropertyName("chunking_strategy")]
    public ChunkingStrategy? ChunkingStrategy { get; init; }

    /// <exception cref="Errors.OpenAiException">A field is not as expected.</exception>
    internal static AttachedFile Read(RequestFields fields)
    {
        AttachedFile file = new(
            FileIdList.Check(fields.TakeRequiredString("file_id"), fields.ParamOf("file_id")), AttributeValues.Read(fields), ChunkingStrategy.Read(fields));
        fields.RefuseUnknown();
        return file;
    }
}

/// <summary>The body of <c>POST /v1/vector_stores/{id}/files/{file_id}</c>.</summary>
public sealed record UpdateVectorStoreFileRequest
{
    /// <summary>Replaces all attributes; null removes them.</summary>
    [JsonPropertyName("attributes")]
    public required AttributeValues? Attributes { get; init; }

    /// <exception cref="Errors.OpenAiException">A field is not as expected.</exception>
    internal static AttributeValues Read(RequestFields fields)
    {
        AttributeValues attributes = AttributeValues.Read(fields) ?? new AttributeValues();
        fields.RefuseUnknown();
        return attributes;
    }
}
