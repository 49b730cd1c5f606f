using LlmPlatform.Retrieval.Index;
using LlmPlatform.Retrieval.Keywords;

namespace LlmPlatform.Retrieval.Search;

/// <summary>
/// Asks the index for words and for meaning, and makes one ranking of both: each side's scores are scaled to 0 to 1 over
/// its candidates and added with the collection's weights. Ranks alone (RRF) would let a weak encoder ruin a good keyword
/// search. Hits of revisions that the documents' rows do not name are dropped, whatever the index still holds.
/// </summary>
public sealed class HybridSearcher(IChunkIndex index, ITextAnalyzer analyzer)
{
    // How often more is asked for when stale hits fill the list, and how much more.
    private const int Widenings = 4;
    private const int WideningFactor = 4;

    /// <summary>Searches one collection of the index.</summary>
    /// <param name="collection">The index's collection.</param>
    /// <param name="options">What is looked for.</param>
    /// <param name="visible">Which revisions may be seen.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="ArgumentException">The vector has another length than the collection's, or dense search was asked for without one.</exception>
    public async Task<SearchAnswer> SearchAsync(string collection, SearchOptions options, VisibleRevisions visible, CancellationToken cancellationToken)
    {
        SearchMode mode = ModeOf(options);
        List<string> terms = QueryTerms.Of(analyzer, options.Query);
        (List<IndexHit> dense, List<IndexHit> keyword) = await FindAsync(collection, options, mode, terms, visible, cancellationToken);
        KeywordStatistics statistics = await index.GetStatisticsAsync(collection, terms.Distinct().ToList(), cancellationToken);

        List<Candidate> candidates = Fuse(dense, keyword, mode, options.DenseWeight, QueryTerms.Best(terms, statistics));
        candidates = mode == SearchMode.Hybrid && options.MaxPerDocument == 1 ? ByDocument(candidates) : candidates;
        candidates.RemoveAll(candidate => candidate.Score < options.ScoreThreshold);
        Limit(candidates, options.MaxPerDocument);
        Dictionary<Guid, IndexPoint> points;
        if (options.Diversity > 0)
        {
            points = await LoadAsync(collection, candidates, options.Vector.Length > 0, cancellationToken);
            candidates = Diversify(candidates.FindAll(candidate => points.ContainsKey(candidate.Id)), points, options);
        }
        else
        {
            candidates = [.. candidates.Take(options.Limit)];
            points = await LoadAsync(collection, candidates, withVectors: false, cancellationToken);
        }

        // A point may have gone between the two calls.
        return new SearchAnswer(
            [.. candidates.Where(candidate => points.ContainsKey(candidate.Id)).Select(candidate => Describe(candidate, points[candidate.Id], terms, statistics))],
            mode,
            terms,
            statistics);
    }

    private static SearchMode ModeOf(SearchOptions options) => options.Mode switch
    {
        SearchMode.Auto => options.Vector.Length > 0 ? SearchMode.Hybrid : SearchMode.Keyword,
        SearchMode.Keyword => SearchMode.Keyword,
        _ => options.Vector.Length > 0 ? options.Mode : throw new ArgumentException($"{options.Mode} search needs the query's vector", nameof(options)),
    };

    private async Task<(List<IndexHit> Dense, List<IndexHit> Keyword)> FindAsync(
        string collection, SearchOptions options, SearchMode mode, List<string> terms, VisibleRevisions visible, CancellationToken cancellationToken)
    {
        int wanted = Math.Max(options.Candidates, options.Limit);
        IndexQuery query = new()
        {
            Filter = options.Filter,
            Vector = mode == SearchMode.Keyword ? default : options.Vector,
            Terms = mode == SearchMode.Dense ? [] : terms,
            Limit = wanted,
        };
        for (int widening = 0; ; widening++)
        {
            IndexAnswer answer = await index.QueryAsync(collection, query, cancellationToken);
            List<string> documents = [.. answer.Dense.Concat(answer.Keyword).Select(hit => hit.DocumentId).Distinct()];
            IReadOnlyDictionary<string, long> revisions = documents.Count == 0 ? new Dictionary<string, long>() : await visible(documents, cancellationToken);
            List<IndexHit> dense = [.. answer.Dense.Where(IsVisible).Take(wanted)];
            List<IndexHit> keyword = [.. answer.Keyword.Where(IsVisible).Take(wanted)];
            bool enough = !Starved(answer.Dense, dense) && !Starved(answer.Keyword, keyword);
            if (enough || widening == Widenings)
            {
                return (dense, keyword);
            }

            query = query with { Limit = query.Limit * WideningFactor };

            bool IsVisible(IndexHit hit) => revisions.TryGetValue(hit.DocumentId, out long revision) && revision == hit.Revision;
        }

        // Stale hits took places, and the index has more.
        bool Starved(IReadOnlyList<IndexHit> all, List<IndexHit> left) => left.Count < wanted && all.Count >= query.Limit;
    }

    private static List<Candidate> Fuse(List<IndexHit> dense, List<IndexHit> keyword, SearchMode mode, double denseWeight, double best)
    {
        double[] denseScaled = Fusion.MinMax([.. dense.Select(hit => hit.Score)]);
        double[] keywordScaled = Fusion.MinMax([.. keyword.Select(hit => hit.Score)]);
        double weight = mode switch
        {
            SearchMode.Dense => 1,
            SearchMode.Keyword => 0,
            _ => denseWeight,
        };
        Dictionary<Guid, Candidate> candidates = [];
        for (int i = 0; i < dense.Count; i++)
        {
            Of(dense[i]).Parts = new ScoreParts { Dense = dense[i].Score, DenseRank = i + 1, DenseScaled = denseScaled[i], DenseWeight = weight };
        }

        for (int i = 0; i < keyword.Count; i++)
        {
            Candidate candidate = Of(keyword[i]);
            candidate.Parts = candidate.Parts with
            {
                Keyword = keyword[i].Score,
                KeywordRank = i + 1,
                KeywordScaled = keywordScaled[i],
                DenseWeight = weight,
            };
        }

        // With one side alone, a score that means something by itself: the cosine, or the share of what is possible.
        foreach (Candidate candidate in candidates.Values)
        {
            ScoreParts parts = candidate.Parts;
            candidate.Score = mode switch
            {
                SearchMode.Dense => Math.Clamp(parts.Dense ?? 0, 0, 1),
                SearchMode.Keyword => best > 0 ? Math.Min(1, (parts.Keyword ?? 0) / best) : 0,
                _ => (weight * (parts.DenseScaled ?? 0)) + ((1 - weight) * (parts.KeywordScaled ?? 0)),
            };
        }

        return
        [
            .. candidates.Values
                .OrderByDescending(candidate => candidate.Score)
                .ThenBy(candidate => candidate.DocumentId, StringComparer.Ordinal)
                .ThenBy(candidate => candidate.Chunk),
        ];

        Candidate Of(IndexHit hit)
        {
            if (!candidates.TryGetValue(hit.Id, out Candidate? candidate))
            {
                candidate = new Candidate(hit.Id, hit.DocumentId, hit.Chunk);
                candidates.Add(hit.Id, candidate);
            }

            return candidate;
        }
    }

    // Who wants each document once ranks documents: one chunk may have the words and another the meaning, and the document has both.
    private static List<Candidate> ByDocument(List<Candidate> candidates)
    {
        List<Candidate> documents = [];
        foreach (IGrouping<string, Candidate> chunks in candidates.GroupBy(candidate => candidate.DocumentId))
        {
            Candidate best = chunks.First();
            double dense = chunks.Max(chunk => chunk.Parts.DenseScaled ?? 0);
            double keyword = chunks.Max(chunk => chunk.Parts.KeywordScaled ?? 0);
            best.Parts = best.Parts with { DocumentDenseScaled = dense, DocumentKeywordScaled = keyword };
            best.Score = (best.Parts.DenseWeight * dense) + ((1 - best.Parts.DenseWeight) * keyword);
            documents.Add(best);
        }

        return [.. documents.OrderByDescending(candidate => candidate.Score).ThenBy(candidate => candidate.DocumentId, StringComparer.Ordinal)];
    }

    private static void Limit(List<Candidate> candidates, int maxPerDocument)
    {
        if (maxPerDocument > 0)
        {
            Dictionary<string, int> taken = [];
            candidates.RemoveAll(candidate => (taken[candidate.DocumentId] = taken.GetValueOrDefault(candidate.DocumentId) + 1) > maxPerDocument);
        }
    }

    private async Task<Dictionary<Guid, IndexPoint>> LoadAsync(string collection, List<Candidate> candidates, bool withVectors, CancellationToken cancellationToken) =>
        candidates.Count == 0
            ? []
            : (await index.GetAsync(collection, [.. candidates.Select(candidate => candidate.Id)], withVectors, cancellationToken)).ToDictionary(point => point.Id);

    private List<Candidate> Diversify(List<Candidate> candidates, Dictionary<Guid, IndexPoint> points, SearchOptions options)
    {
        double[] relevances = [.. candidates.Select(candidate => candidate.Score)];
        IReadOnlyList<MarginalChoice> choices;
        if (options.Vector.Length > 0)
        {
            ReadOnlyMemory<float>[] vectors = [.. candidates.Select(candidate => points[candidate.Id].Vector)];
            choices = MaximalMarginalRelevance.Select(relevances, vectors, options.Limit, options.Diversity);
        }
        else
        {
            HashSet<string>[] terms = [.. candidates.Select(candidate => QueryTerms.Of(analyzer, points[candidate.Id].Text).ToHashSet())];
            choices = MaximalMarginalRelevance.Select(relevances, (first, second) => Likeness(terms[first], terms[second]), options.Limit, options.Diversity);
        }

        foreach (MarginalChoice choice in choices)
        {
            candidates[choice.Index].Parts = candidates[choice.Index].Parts with { DiversityPenalty = choice.Penalty };
        }

        return [.. choices.Select(choice => candidates[choice.Index])];
    }

    // Without vectors: the cosine of the sets of terms.
    private static double Likeness(HashSet<string> first, HashSet<string> second) =>
        first.Count == 0 || second.Count == 0 ? 0 : first.Count(second.Contains) / Math.Sqrt((double)first.Count * second.Count);

    private SearchResult Describe(Candidate candidate, IndexPoint point, List<string> terms, KeywordStatistics statistics)
    {
        ScoreParts parts = candidate.Parts.Keyword is null
            ? candidate.Parts
            : candidate.Parts with { Terms = QueryTerms.Explain(analyzer, terms, point.IndexText, statistics) };
        return new SearchResult(point, candidate.Score, parts);
    }

    private sealed class Candidate(Guid id, string documentId, int chunk)
    {
        public Guid Id { get; } = id;

        public string DocumentId { get; } = documentId;

        public int Chunk { get; } = chunk;

        public double Score { get; set; }

        public ScoreParts Parts { get; set; } = new();
    }
}
