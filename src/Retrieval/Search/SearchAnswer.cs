using LlmPlatform.Retrieval.Index;

namespace LlmPlatform.Retrieval.Search;

/// <summary>What a search found.</summary>
/// <param name="Results">The results, best first.</param>
/// <param name="Mode">What was done: hybrid, dense or keyword.</param>
/// <param name="Terms">The query's terms, as often as they occur in it.</param>
/// <param name="Statistics">What BM25 knows of them.</param>
public sealed record SearchAnswer(IReadOnlyList<SearchResult> Results, SearchMode Mode, IReadOnlyList<string> Terms, KeywordStatistics Statistics);
