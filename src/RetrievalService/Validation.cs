using Google.Protobuf.Collections;
using LlmPlatform.Retrieval.Chunking;
using LlmPlatform.ServiceDefaults.Errors;
using Wire = LlmPlatform.Contracts.Retrieval.V1;

namespace LlmPlatform.RetrievalService;

/// <summary>What fields that several requests have must look like. Attribute values, queries and names of groups are not shown.</summary>
internal static class Validation
{
    public const int MaxId = 128;
    public const int MaxAttributes = 16;
    public const int MaxName = 64;
    public const int MaxString = 512;
    public const int MaxGroups = 32;

    public static FieldValidation RequireId(this FieldValidation validation, string field, string id) => validation.RequireText(field, id, MaxId);

    public static FieldValidation RequireOptionalId(this FieldValidation validation, string field, string id) =>
        validation.Require(field, id, id.Length <= MaxId, $"at most {MaxId} characters");

    public static FieldValidation RequireMetadata(this FieldValidation validation, MapField<string, string> metadata) => validation
        .Require("metadata", metadata.Count, metadata.Count <= MaxAttributes, $"at most {MaxAttributes} entries")
        .RequireHidden("metadata", metadata.Keys.All(IsName), $"names of 1 to {MaxName} characters")
        .RequireHidden("metadata", metadata.Values.All(value => value.Length <= MaxString), $"values of at most {MaxString} characters");

    public static FieldValidation RequireAttributes(this FieldValidation validation, MapField<string, Wire.AttributeValue> attributes) => validation
        .Require("attributes", attributes.Count, attributes.Count <= MaxAttributes, $"at most {MaxAttributes} attributes")
        .RequireHidden("attributes", attributes.Keys.All(IsName), $"names of 1 to {MaxName} characters")
        .RequireHidden("attributes", attributes.Values.All(IsValue), $"strings of at most {MaxString} characters, finite numbers, or true and false");

    public static FieldValidation RequireGroups(this FieldValidation validation, RepeatedField<string> groups) => validation
        .Require("allowed_groups", groups.Count, groups.Count <= MaxGroups, $"at most {MaxGroups} groups")
        .RequireHidden("allowed_groups", groups.All(IsName), $"names of 1 to {MaxName} characters");

    public static FieldValidation RequireChunking(this FieldValidation validation, Wire.ChunkingOptions? chunking)
    {
        if (chunking is null)
        {
            return validation;
        }

        int tokens = chunking.HasMaxChunkSizeTokens ? chunking.MaxChunkSizeTokens : ChunkingOptions.LeastMaxTokens;
        return validation
            .RequireRange("chunking.max_chunk_size_tokens", tokens, ChunkingOptions.LeastMaxTokens, ChunkingOptions.MostMaxTokens)
            .Require(
                "chunking.chunk_overlap_tokens",
                chunking.ChunkOverlapTokens,
                chunking.ChunkOverlapTokens >= 0 && (!chunking.HasMaxChunkSizeTokens || chunking.ChunkOverlapTokens <= tokens / 2),
                "0 to half of max_chunk_size_tokens");
    }

    public static bool IsName(string name) => name.Length is > 0 and <= MaxName;

    public static bool IsValue(Wire.AttributeValue? value) => value?.ValueCase switch
    {
        Wire.AttributeValue.ValueOneofCase.StringValue => value.StringValue.Length <= MaxString,
        Wire.AttributeValue.ValueOneofCase.NumberValue => double.IsFinite(value.NumberValue),
        Wire.AttributeValue.ValueOneofCase.BoolValue => true,
        _ => false,
    };
}
