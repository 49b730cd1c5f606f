using System.Text.Json;
using System.Text.Json.Serialization;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.OpenAi.Requests;
using LlmPlatform.Gateway.OpenAi.VectorStores.Files;
using LlmPlatform.Gateway.OpenAi.VectorStores.Values;

namespace LlmPlatform.Gateway.OpenAi.VectorStores.Batches;

/// <summary>The body of <c>POST /v1/vector_stores/{id}/file_batches</c>: <c>file_ids</c> or <c>files</c>.</summary>
public sealed record CreateFileBatchRequest
{
    private const int MostFiles = 2000;

    /// <summary>Files of <c>/v1/files</c>, at most 2,000.</summary>
    [JsonPropertyName("file_ids")]
    public IReadOnlyList<string>? FileIds { get; init; }

    /// <summary>The same, each with attributes and a chunking strategy of its own.</summary>
    [JsonPropertyName("files")]
    public IReadOnlyList<CreateVectorStoreFileRequest>? Files { get; init; }

    /// <summary>Attributes of all files, with <c>file_ids</c> only.</summary>
    [JsonPropertyName("attributes")]
    public AttributeValues? Attributes { get; init; }

    /// <summary>How all files are cut, with <c>file_ids</c> only.</summary>
    [JsonPropertyName("chunking_strategy")]
    public ChunkingStrategy? ChunkingStrategy { get; init; }

    /// <exception cref="OpenAiException">A field is not as expected.</exception>
    internal static IReadOnlyList<AttachedFile> Read(RequestFields fields)
    {
        IReadOnlyList<string>? ids = FileIdList.Read(fields, "file_ids", MostFiles);
        JsonElement? files = fields.Take("files");
        AttributeValues? attributes = AttributeValues.Read(fields);
        ChunkingOptions? chunking = ChunkingStrategy.Read(fields);
        fields.RefuseUnknown();
        return (ids, files) switch
        {
            (null, null) => throw InvalidRequest.Missing("file_ids"),
            (not null, not null) => throw InvalidRequest.WrongHiddenValue("files", "'file_ids' is given as well. Expected one of them"),
            ({ Count: 0 }, _) => throw InvalidRequest.EmptyArray("file_ids"),
            ({ } list, _) => [.. list.Select(id => new AttachedFile(id, attributes, chunking))],
            (_, { } list) when attributes is not null || chunking is not null =>
                throw InvalidRequest.WrongHiddenValue("files", "each of its files has attributes and chunking_strategy of its own. Expected those of the batch with 'file_ids' only"),
            (_, { } list) => ReadFiles(list),
        };
    }

    private static List<AttachedFile> ReadFiles(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            throw InvalidRequest.WrongType("files", "an array of objects", value);
        }

        if (value.GetArrayLength() is var length && length is 0 or > MostFiles)
        {
            throw length == 0 ? InvalidRequest.EmptyArray("files") : InvalidRequest.ArrayTooLong("files", MostFiles, length);
        }

        List<AttachedFile> files = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (JsonElement item in value.EnumerateArray())
        {
            string param = $"files[{files.Count}]";
            AttachedFile file = CreateVectorStoreFileRequest.Read(new RequestFields(item, param));
            files.Add(seen.Add(file.FileId) ? file : throw InvalidRequest.WrongValue($"{param}.file_id", file.FileId, "a file that is not in the list already"));
        }

        return files;
    }
}
