using System.Text.Json.Serialization;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.OpenAi.Requests;

namespace LlmPlatform.Gateway.OpenAi.VectorStores.Values;

/// <summary>How a document is cut into chunks.</summary>
public sealed record ChunkingStrategy
{
    private const int FewestTokens = 100;
    private const int MostTokens = 4096;

    /// <summary>
    /// <c>auto</c>: what suits the encoder; <c>static</c>: as the field <c>static</c> says. In answers <c>other</c> stands
    /// for what the encoder suggests.
    /// </summary>
    [JsonPropertyName("type")]
    public required string Type { get; init; }

    /// <summary>Sizes, for <c>static</c> only.</summary>
    [JsonPropertyName("static")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public StaticChunking? Static { get; init; }

    internal static ChunkingStrategy From(ChunkingOptions? options) => options is { HasMaxChunkSizeTokens: true }
        ? new ChunkingStrategy
        {
            Type = "static",
            Static = new StaticChunking { MaxChunkSizeTokens = options.MaxChunkSizeTokens, ChunkOverlapTokens = options.ChunkOverlapTokens },
        }
        : new ChunkingStrategy { Type = "other" };

    /// <returns>Null for <c>auto</c> or none.</returns>
    /// <exception cref="OpenAiException">It is not as expected.</exception>
    internal static ChunkingOptions? Read(RequestFields fields)
    {
        if (fields.TakeObject("chunking_strategy") is not { } strategy)
        {
            return null;
        }

        string type = strategy.TakeWord("type", "auto", "static") ?? throw InvalidRequest.Missing(strategy.ParamOf("type"));
        ChunkingOptions? options = type == "static" ? ReadStatic(strategy) : null;
        strategy.RefuseUnknown();
        return options;
    }

    private static ChunkingOptions ReadStatic(RequestFields strategy)
    {
        RequestFields sizes = strategy.TakeObject("static") ?? throw InvalidRequest.Missing(strategy.ParamOf("static"));
        int size = sizes.TakeInt32("max_chunk_size_tokens", FewestTokens, MostTokens)
            ?? throw InvalidRequest.Missing(sizes.ParamOf("max_chunk_size_tokens"));
        int overlap = sizes.TakeInt32("chunk_overlap_tokens", 0, size / 2)
            ?? throw InvalidRequest.Missing(sizes.ParamOf("chunk_overlap_tokens"));
        sizes.RefuseUnknown();
        return new ChunkingOptions { MaxChunkSizeTokens = size, ChunkOverlapTokens = overlap };
    }
}

/// <summary>Sizes of chunks.</summary>
public sealed record StaticChunking
{
    /// <summary>Tokens of a chunk at most, 100 to 4096.</summary>
    [JsonPropertyName("max_chunk_size_tokens")]
    public required int MaxChunkSizeTokens { get; init; }

    /// <summary>Tokens that neighbouring chunks share, at most half of a chunk.</summary>
    [JsonPropertyName("chunk_overlap_tokens")]
    public required int ChunkOverlapTokens { get; init; }
}
