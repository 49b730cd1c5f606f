using System.Text.Json.Serialization;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.Gateway.OpenAi.VectorStores.Values;

namespace LlmPlatform.Gateway.OpenAi.VectorStores.Search;

/// <summary>What a search found, the best first.</summary>
public sealed record SearchResultsPage
{
    /// <summary><c>vector_store.search_results.page</c>.</summary>
    [JsonPropertyName("object")]
    public string Object => "vector_store.search_results.page";

    /// <summary>The queries.</summary>
    [JsonPropertyName("search_query")]
    public required IReadOnlyList<string> SearchQuery { get; init; }

    /// <summary>The results.</summary>
    [JsonPropertyName("data")]
    public required IReadOnlyList<SearchResultItem> Data { get; init; }

    /// <summary>False: there is one page.</summary>
    [JsonPropertyName("has_more")]
    public bool HasMore => false;

    /// <summary>Null.</summary>
    [JsonPropertyName("next_page")]
    public string? NextPage => null;

    /// <summary>What was done: <c>hybrid</c>, <c>dense</c> or <c>keyword</c>. With <c>explain</c> only; not part of OpenAI's API.</summary>
    [JsonPropertyName("mode")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Mode { get; init; }

    internal static string? NameOf(SearchMode mode) => mode switch
    {
        SearchMode.Hybrid => "hybrid",
        SearchMode.Dense => "dense",
        SearchMode.Keyword => "keyword",
        _ => null,
    };
}

/// <summary>A passage that a search found.</summary>
public sealed record SearchResultItem
{
    /// <summary>The file it is of.</summary>
    [JsonPropertyName("file_id")]
    public required string FileId { get; init; }

    /// <summary>That file's name.</summary>
    [JsonPropertyName("filename")]
    public required string Filename { get; init; }

    /// <summary>How well it fits, 0 to 1.</summary>
    [JsonPropertyName("score")]
    public required double Score { get; init; }

    /// <summary>The file's attributes.</summary>
    [JsonPropertyName("attributes")]
    public required AttributeValues Attributes { get; init; }

    /// <summary>The passage's text.</summary>
    [JsonPropertyName("content")]
    public required IReadOnlyList<TextContent> Content { get; init; }

    /// <summary>Where the passage stands. With <c>explain</c> only; not part of OpenAI's API.</summary>
    [JsonPropertyName("passage")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PassagePlace? Passage { get; init; }

    /// <summary>How it came to its score. With <c>explain</c> only; not part of OpenAI's API.</summary>
    [JsonPropertyName("score_parts")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ScoreExplanation? ScoreParts { get; init; }

    internal static SearchResultItem From(SearchResult result, bool explain) => new()
    {
        FileId = result.Passage.FileId,
        Filename = result.Passage.Filename,
        Score = result.Score,
        Attributes = AttributeValues.From(result.Passage.Attributes),
        Content = [new TextContent { Text = result.Passage.Text }],
        Passage = explain ? PassagePlace.From(result.Passage) : null,
        ScoreParts = explain && result.Parts is { } parts ? ScoreExplanation.From(parts) : null,
    };
}

/// <summary>Where a passage stands in its document.</summary>
public sealed record PassagePlace
{
    /// <summary>Its number in the document, from 0.</summary>
    [JsonPropertyName("chunk")]
    public required int Chunk { get; init; }

    /// <summary>Where it begins in the document's text, in UTF-16 code units.</summary>
    [JsonPropertyName("start")]
    public required long Start { get; init; }

    /// <summary>Where it ends, exclusive.</summary>
    [JsonPropertyName("end")]
    public required long End { get; init; }

    /// <summary>The document's title.</summary>
    [JsonPropertyName("title")]
    public required string Title { get; init; }

    /// <summary>The headings above it, the highest first.</summary>
    [JsonPropertyName("headings")]
    public required IReadOnlyList<string> Headings { get; init; }

    /// <summary>Page or slide, from 1.</summary>
    [JsonPropertyName("page")]
    public int? Page { get; init; }

    /// <summary>A spreadsheet's sheet.</summary>
    [JsonPropertyName("sheet")]
    public string? Sheet { get; init; }

    internal static PassagePlace From(Passage passage) => new()
    {
        Chunk = passage.Chunk,
        Start = passage.Start,
        End = passage.End,
        Title = passage.Title,
        Headings = passage.Headings,
        Page = passage.HasPage ? passage.Page : null,
        Sheet = passage.Sheet is { Length: > 0 } sheet ? sheet : null,
    };
}

/// <summary>How a passage came to its score.</summary>
public sealed record ScoreExplanation
{
    /// <summary>Cosine similarity of query and passage; null when the search by meaning did not find it.</summary>
    [JsonPropertyName("dense")]
    public double? Dense { get; init; }

    /// <summary>Its place among those found by meaning, from 1.</summary>
    [JsonPropertyName("dense_rank")]
    public int? DenseRank { get; init; }

    /// <summary>The similarity scaled to 0 to 1 over those found.</summary>
    [JsonPropertyName("dense_scaled")]
    public double? DenseScaled { get; init; }

    /// <summary>BM25; null when the search by words did not find it.</summary>
    [JsonPropertyName("keyword")]
    public double? Keyword { get; init; }

    /// <summary>Its place among those found by words, from 1.</summary>
    [JsonPropertyName("keyword_rank")]
    public int? KeywordRank { get; init; }

    /// <summary>BM25 scaled to 0 to 1 over those found.</summary>
    [JsonPropertyName("keyword_scaled")]
    public double? KeywordScaled { get; init; }

    /// <summary>The share of meaning in the sum.</summary>
    [JsonPropertyName("dense_weight")]
    public required double DenseWeight { get; init; }

    /// <summary>The query's terms in the passage, with what each adds to BM25.</summary>
    [JsonPropertyName("terms")]
    public required IReadOnlyDictionary<string, double> Terms { get; init; }

    /// <summary>What likeness to better results took away.</summary>
    [JsonPropertyName("diversity_penalty")]
    public double? DiversityPenalty { get; init; }

    internal static ScoreExplanation From(ScoreParts parts) => new()
    {
        Dense = parts.HasDense ? parts.Dense : null,
        DenseRank = parts.HasDenseRank ? parts.DenseRank : null,
        DenseScaled = parts.HasDenseScaled ? parts.DenseScaled : null,
        Keyword = parts.HasKeyword ? parts.Keyword : null,
        KeywordRank = parts.HasKeywordRank ? parts.KeywordRank : null,
        KeywordScaled = parts.HasKeywordScaled ? parts.KeywordScaled : null,
        DenseWeight = parts.DenseWeight,
        Terms = parts.Terms,
        DiversityPenalty = parts.HasDiversityPenalty ? parts.DiversityPenalty : null,
    };
}
