using Grpc.Core;
using LlmPlatform.Contracts.Embedding.V1;
using LlmPlatform.Retrieval.Filters;
using LlmPlatform.Retrieval.Search;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Identity;
using Wire = LlmPlatform.Contracts.Retrieval.V1;

namespace LlmPlatform.RetrievalService.Searching;

/// <summary>Search as a call.</summary>
internal sealed class SearchHandler(CollectionSearch search)
{
    /// <summary>Characters of a query at most.</summary>
    public const int MaxQuery = 8192;

    private const int DefaultLimit = 10;
    private const int MaxLimit = 50;
    private const int DefaultCandidates = 100;
    private const int MinCandidates = 10;
    private const int MaxCandidates = 1000;

    public async Task<Wire.SearchResponse> SearchAsync(Wire.SearchRequest request, ServerCallContext context)
    {
        FieldValidation validation = new FieldValidation()
            .RequireId("collection_id", request.CollectionId)
            .RequireHidden(
                "query",
                request.Query.Length <= MaxQuery && (!string.IsNullOrWhiteSpace(request.Query) || (request.Mode == Wire.SearchMode.Dense && request.QueryVector.Length > 0)),
                $"1 to {MaxQuery} characters")
            .Require("mode", request.Mode, Enum.IsDefined(request.Mode), "hybrid, dense or keyword")
            .Require("limit", request.Limit, request.Limit is >= 0 and <= MaxLimit, $"0 (the default, {DefaultLimit}) to {MaxLimit}")
            .RequireRange("dense_weight", request.HasDenseWeight ? request.DenseWeight : 0, 0, 1)
            .RequireRange("diversity", request.Diversity, 0, 1)
            .RequireRange("score_threshold", request.ScoreThreshold, 0, 1)
            .Require("max_per_document", request.MaxPerDocument, request.MaxPerDocument >= 0, "0 (no limit) or more")
            .Require(
                "candidates", request.Candidates, request.Candidates is 0 or (>= MinCandidates and <= MaxCandidates),
                $"0 (the default, {DefaultCandidates}), or {MinCandidates} to {MaxCandidates}");
        Filter? filter = FilterReader.Read(request.Filter, validation);
        validation.ThrowIfInvalid();

        CollectionAnswer found = await search.SearchAsync(
            new CollectionQuery
            {
                CollectionId = request.CollectionId,
                Text = request.Query,
                Vector = request.QueryVector,
                Mode = (SearchMode)request.Mode,
                Limit = request.Limit == 0 ? DefaultLimit : request.Limit,
                Filter = filter,
                DenseWeight = request.HasDenseWeight ? request.DenseWeight : null,
                Diversity = request.Diversity,
                ScoreThreshold = request.ScoreThreshold,
                MaxPerDocument = request.MaxPerDocument,
                Candidates = request.Candidates == 0 ? DefaultCandidates : request.Candidates,
            },
            context.GetCaller(),
            context.CancellationToken);
        return new Wire.SearchResponse
        {
            Results = { found.Answer.Results.Select(result => SearchDescriptions.Describe(result, found.Documents[result.Point.DocumentId])) },
            Mode = (Wire.SearchMode)found.Answer.Mode,
            IndexRevision = found.Collection.IndexRevision,
            Usage = found.Usage ?? new EmbedUsage(),
        };
    }
}
