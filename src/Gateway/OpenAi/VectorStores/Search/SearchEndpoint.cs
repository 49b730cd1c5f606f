using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.Gateway.OpenAi.Requests;
using LlmPlatform.Gateway.Telemetry;
using RetrievalClient = LlmPlatform.Contracts.Retrieval.V1.Retrieval.RetrievalClient;

namespace LlmPlatform.Gateway.OpenAi.VectorStores.Search;

/// <summary><c>POST /v1/vector_stores/{id}/search</c> over <c>Retrieval.Search</c>.</summary>
internal sealed class SearchEndpoint(RetrievalClient retrieval)
{
    public async Task HandleAsync(HttpContext http, string store)
    {
        CancellationToken cancellation = http.RequestAborted;
        (IReadOnlyList<string> queries, SearchRequest request, bool explain) = SearchVectorStoreRequest.Read(
            store, await RequestBody.ReadJsonAsync(http, RequestBody.OneMessage, cancellation));
        GenAiSpan span = GenAiSpan.BeginRetrieval(http, store);
        List<SearchResponse> answers = [];
        foreach (string query in queries)
        {
            request.Query = query;
            answers.Add(await retrieval.SearchAsync(request, cancellationToken: cancellation));
        }

        span.NoteUsage(answers.Sum(answer => answer.Usage?.PromptTokens ?? 0), null);
        await OpenAiJson.WriteAsync(
            http,
            new SearchResultsPage
            {
                SearchQuery = queries,
                Data = [.. Merge(answers, request).Select(result => SearchResultItem.From(result, explain))],
                Mode = explain ? SearchResultsPage.NameOf(answers[0].Mode) : null,
            },
            OpenAiJson.Default.SearchResultsPage);
    }

    /// <summary>One query's results stay as they are, in an order that may not be their scores'. Of several, each passage has its best score.</summary>
    private static IEnumerable<SearchResult> Merge(List<SearchResponse> answers, SearchRequest request)
    {
        if (answers.Count == 1)
        {
            return answers[0].Results;
        }

        IEnumerable<SearchResult> best = answers.SelectMany(answer => answer.Results)
            .GroupBy(result => (result.Passage.DocumentId, result.Passage.Chunk))
            .Select(same => same.MaxBy(result => result.Score)!)
            .OrderByDescending(result => result.Score);
        if (request.MaxPerDocument > 0)
        {
            Dictionary<string, int> taken = [];
            best = best.Where(result => (taken[result.Passage.DocumentId] = taken.GetValueOrDefault(result.Passage.DocumentId) + 1) <= request.MaxPerDocument);
        }

        return best.Take(request.Limit);
    }
}
