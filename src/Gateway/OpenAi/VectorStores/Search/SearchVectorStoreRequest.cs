using System.Text.Json;
using System.Text.Json.Serialization;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.OpenAi.Requests;

namespace LlmPlatform.Gateway.OpenAi.VectorStores.Search;

/// <summary>The body of <c>POST /v1/vector_stores/{id}/search</c>.</summary>
public sealed record SearchVectorStoreRequest
{
    private const int DefaultResults = 10;
    private const int MostResults = 50;
    private const int MostQueries = 8;

    /// <summary>What to look for: a string, or up to 8, of which each passage keeps its best score.</summary>
    [JsonPropertyName("query")]
    public required SearchQueries Query { get; init; }

    /// <summary>Which files count, by their attributes.</summary>
    [JsonPropertyName("filters")]
    public AttributeFilter? Filters { get; init; }

    /// <summary>1 to 50. Default: 10.</summary>
    [JsonPropertyName("max_num_results")]
    public int? MaxNumResults { get; init; }

    /// <summary>Which results are good enough.</summary>
    [JsonPropertyName("ranking_options")]
    public RankingOptions? RankingOptions { get; init; }

    /// <summary>Only false: queries are searched as they are.</summary>
    [JsonPropertyName("rewrite_query")]
    public bool? RewriteQuery { get; init; }

    /// <summary><c>hybrid</c> (by words and by meaning), <c>dense</c> (meaning) or <c>keyword</c> (words). Default: hybrid where there are vectors. Not part of OpenAI's API.</summary>
    [JsonPropertyName("mode")]
    public string? Mode { get; init; }

    /// <summary>The share of meaning in a hybrid score, 0 to 1. Default: the vector store's. Not part of OpenAI's API.</summary>
    [JsonPropertyName("dense_weight")]
    public double? DenseWeight { get; init; }

    /// <summary>0 (the best passages, however alike; default) to 1 (the most different ones). Not part of OpenAI's API.</summary>
    [JsonPropertyName("diversity")]
    public double? Diversity { get; init; }

    /// <summary>Results of one file at most. Not part of OpenAI's API.</summary>
    [JsonPropertyName("max_per_file")]
    public int? MaxPerFile { get; init; }

    /// <summary>Adds to each result where the passage stands and how it came to its score. Not part of OpenAI's API.</summary>
    [JsonPropertyName("explain")]
    public bool? Explain { get; init; }

    /// <exception cref="OpenAiException">A field is not as expected.</exception>
    internal static (IReadOnlyList<string> Queries, SearchRequest Request, bool Explain) Read(string store, RequestFields fields)
    {
        IReadOnlyList<string> queries = ReadQueries(fields.TakeRequired("query"));
        SearchRequest request = new()
        {
            CollectionId = store,
            Filter = FilterReader.Read(fields),
            Limit = fields.TakeInt32("max_num_results", 1, MostResults) ?? DefaultResults,
            Mode = fields.TakeWord("mode", "hybrid", "dense", "keyword") switch
            {
                "hybrid" => SearchMode.Hybrid,
                "dense" => SearchMode.Dense,
                "keyword" => SearchMode.Keyword,
                _ => SearchMode.Unspecified,
            },
            Diversity = fields.TakeDouble("diversity", 0, 1) ?? 0,
            MaxPerDocument = fields.TakeInt32("max_per_file", 1, MostResults) ?? 0,
        };
        if (fields.TakeDouble("dense_weight", 0, 1) is { } weight)
        {
            request.DenseWeight = weight;
        }

        if (fields.TakeObject("ranking_options") is { } ranking)
        {
            request.ScoreThreshold = ranking.TakeDouble("score_threshold", 0, 1) ?? 0;
            // There is one ranking, and no second model that looks at its results.
            ranking.TakeWord("ranker", "auto", "none", "default-2024-11-15");
            ranking.RefuseUnknown();
        }

        bool explain = fields.TakeBoolean("explain") ?? false;
        fields.Refuse("rewrite_query", Neutral.False, "queries are searched as they are");
        fields.RefuseUnknown();
        return (queries, request, explain);
    }

    private static IReadOnlyList<string> ReadQueries(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            return [ReadQuery(value, "query", "a string or an array of strings")];
        }

        return value.GetArrayLength() switch
        {
            0 => throw InvalidRequest.EmptyArray("query"),
            > MostQueries => throw InvalidRequest.ArrayTooLong("query", MostQueries, value.GetArrayLength()),
            _ => [.. value.EnumerateArray().Select((item, index) => ReadQuery(item, $"query[{index}]", "a string"))],
        };
    }

    private static string ReadQuery(JsonElement value, string param, string expected)
    {
        string query = value.ValueKind == JsonValueKind.String ? RequestFields.StringOf(value, param) : throw InvalidRequest.WrongType(param, expected, value);
        return string.IsNullOrWhiteSpace(query) ? throw InvalidRequest.EmptyString(param) : query;
    }
}

/// <summary>One query or several.</summary>
public sealed record SearchQueries;

/// <summary>Compares one attribute, or combines other filters.</summary>
public sealed record AttributeFilter
{
    /// <summary><c>eq</c>, <c>ne</c>, <c>gt</c>, <c>gte</c>, <c>lt</c>, <c>lte</c>, <c>in</c>, <c>nin</c>; or <c>and</c>, <c>or</c>.</summary>
    [JsonPropertyName("type")]
    public required string Type { get; init; }

    /// <summary>The attribute's name, for comparisons.</summary>
    [JsonPropertyName("key")]
    public string? Key { get; init; }

    /// <summary>What it is compared with: a string, a number or a boolean; for <c>in</c> and <c>nin</c> an array.</summary>
    [JsonPropertyName("value")]
    public JsonElement? Value { get; init; }

    /// <summary>What is combined, for <c>and</c> and <c>or</c>: filters again.</summary>
    [JsonPropertyName("filters")]
    public IReadOnlyList<JsonElement>? Filters { get; init; }
}

/// <summary>Which results are good enough.</summary>
public sealed record RankingOptions
{
    /// <summary><c>auto</c>, <c>none</c> or <c>default-2024-11-15</c>: all mean this platform's ranking.</summary>
    [JsonPropertyName("ranker")]
    public string? Ranker { get; init; }

    /// <summary>Results with a lower score are left out, 0 to 1. Default: 0.</summary>
    [JsonPropertyName("score_threshold")]
    public double? ScoreThreshold { get; init; }
}
