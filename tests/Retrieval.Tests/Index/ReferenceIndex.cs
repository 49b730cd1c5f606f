using System.Runtime.CompilerServices;
using LlmPlatform.Retrieval.Filters;
using LlmPlatform.Retrieval.Index;
using LlmPlatform.Retrieval.Keywords;

namespace LlmPlatform.Retrieval.Tests.Index;

/// <summary>What an index must do, in the plainest way: a list of points, and every score of every point.</summary>
internal sealed class ReferenceIndex(ITextAnalyzer analyzer) : IChunkIndex
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (int Dimensions, Dictionary<Guid, IndexPoint> Points)> _collections = [];

    public Task CreateAsync(string collection, int dimensions, CancellationToken cancellationToken) => Locked(() =>
    {
        if (!_collections.TryAdd(collection, (dimensions, [])) && _collections[collection].Dimensions != dimensions)
        {
            throw new ArgumentException("other dimensions", nameof(dimensions));
        }

        return 0;
    });

    public Task DropAsync(string collection, CancellationToken cancellationToken) => Locked(() => _collections.Remove(collection));

    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) => Locked<IReadOnlyList<string>>(() => [.. _collections.Keys]);

    public Task UpsertAsync(string collection, IReadOnlyList<IndexPoint> points, CancellationToken cancellationToken) => Locked(() =>
    {
        (int dimensions, Dictionary<Guid, IndexPoint> all) = _collections[collection];
        if (points.Any(point => point.Vector.Length != dimensions))
        {
            throw new ArgumentException("a vector of another length", nameof(points));
        }

        foreach (IndexPoint point in points)
        {
            all[point.Id] = point;
        }

        return 0;
    });

    public Task SetAccessAsync(
        string collection, string documentId, IReadOnlyDictionary<string, AttributeValue> attributes, IReadOnlyList<string> allowedGroups, CancellationToken cancellationToken) => Locked(() =>
    {
        Dictionary<Guid, IndexPoint> all = Points(collection);
        foreach (IndexPoint point in all.Values.Where(point => point.DocumentId == documentId).ToList())
        {
            all[point.Id] = point with { Attributes = attributes, AllowedGroups = allowedGroups };
        }

        return 0;
    });

    public Task DeleteAsync(string collection, string documentId, long? exceptRevision, CancellationToken cancellationToken) => Locked(() =>
    {
        Dictionary<Guid, IndexPoint> all = Points(collection);
        foreach (IndexPoint point in all.Values.Where(point => point.DocumentId == documentId && point.Revision != exceptRevision).ToList())
        {
            all.Remove(point.Id);
        }

        return 0;
    });

    public Task<IndexAnswer> QueryAsync(string collection, IndexQuery query, CancellationToken cancellationToken) => Locked(() =>
    {
        (int dimensions, Dictionary<Guid, IndexPoint> all) = _collections[collection];
        if (!query.Vector.IsEmpty && query.Vector.Length != dimensions)
        {
            throw new ArgumentException("a vector of another length", nameof(query));
        }

        List<IndexPoint> allowed = [.. all.Values.Where(query.Filter.Matches)];
        IEnumerable<IndexHit> dense = query.Vector.IsEmpty ? [] : allowed.Select(point => Hit(point, Dot(point.Vector.Span, query.Vector.Span)));
        IEnumerable<IndexHit> keyword = query.Terms.Count == 0 ? [] : Keyword([.. all.Values], allowed, query.Terms);
        return new IndexAnswer(Best(dense, query.Limit), Best(keyword, query.Limit));
    });

    public Task<IReadOnlyList<IndexPoint>> GetAsync(string collection, IReadOnlyCollection<Guid> ids, bool withVectors, CancellationToken cancellationToken) =>
        Locked<IReadOnlyList<IndexPoint>>(() => [.. Points(collection).Values.Where(point => ids.Contains(point.Id)).Select(point => withVectors ? point : point with { Vector = default })]);

    public async IAsyncEnumerable<IndexPoint> ReadAsync(
        string collection, string documentId, long revision, bool withVectors, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<IndexPoint> found = await Locked(() => Points(collection).Values
            .Where(point => point.DocumentId == documentId && point.Revision == revision).OrderBy(point => point.Chunk).ToList());
        foreach (IndexPoint point in found)
        {
            yield return withVectors ? point : point with { Vector = default };
        }
    }

    public Task<IReadOnlyDictionary<string, ReadOnlyMemory<float>>> FindVectorsAsync(
        string collection, string tenant, IReadOnlyCollection<string> contentHashes, CancellationToken cancellationToken) =>
        Locked<IReadOnlyDictionary<string, ReadOnlyMemory<float>>>(() => Points(collection).Values
            .Where(point => point.Tenant == tenant && contentHashes.Contains(point.ContentHash) && !point.Vector.IsEmpty)
            .GroupBy(point => point.ContentHash).ToDictionary(group => group.Key, group => group.First().Vector));

    public Task<KeywordStatistics> GetStatisticsAsync(string collection, IReadOnlyCollection<string> terms, CancellationToken cancellationToken) => Locked(() =>
    {
        List<Dictionary<string, int>> all = [.. Points(collection).Values.Select(Terms)];
        return new KeywordStatistics(
            all.Count,
            all.Count == 0 ? 0 : all.Average(counts => (double)counts.Values.Sum()),
            terms.Distinct().ToDictionary(term => term, term => (long)all.Count(counts => counts.ContainsKey(term))));
    });

    public async IAsyncEnumerable<IndexedRevision> ListRevisionsAsync(string collection, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (IndexedRevision revision in await Locked(() => Points(collection).Values
            .GroupBy(point => (point.DocumentId, point.Revision)).Select(group => new IndexedRevision(group.Key.DocumentId, group.Key.Revision, group.Count())).ToList()))
        {
            yield return revision;
        }
    }

    private static IndexHit Hit(IndexPoint point, double score) => new(point.Id, point.DocumentId, point.Revision, point.Chunk, score);

    private static IReadOnlyList<IndexHit> Best(IEnumerable<IndexHit> hits, int limit) =>
        [.. hits.OrderByDescending(hit => hit.Score).ThenBy(hit => hit.DocumentId, StringComparer.Ordinal).ThenBy(hit => hit.Chunk).ThenBy(hit => hit.Revision).Take(limit)];

    private static double Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        double sum = 0;
        for (int i = 0; i < left.Length; i++)
        {
            sum += (double)left[i] * right[i];
        }

        return sum;
    }

    // Lucene's variant with k1 1.2 and b 0.75; statistics over all points, whoever asks.
    private IEnumerable<IndexHit> Keyword(List<IndexPoint> all, List<IndexPoint> allowed, IReadOnlyList<string> query)
    {
        Dictionary<Guid, Dictionary<string, int>> counts = all.ToDictionary(point => point.Id, Terms);
        double average = all.Count == 0 ? 0 : counts.Values.Average(terms => (double)terms.Values.Sum());
        foreach (IndexPoint point in allowed)
        {
            double score = 0;
            bool any = false;
            double length = counts[point.Id].Values.Sum();
            foreach (string term in query)
            {
                if (counts[point.Id].TryGetValue(term, out int count))
                {
                    any = true;
                    int frequency = counts.Values.Count(terms => terms.ContainsKey(term));
                    double weight = Math.Log(1 + ((all.Count - frequency + 0.5) / (frequency + 0.5)));
                    score += weight * count / (count + (1.2 * (0.25 + (0.75 * length / average))));
                }
            }

            if (any)
            {
                // As equal as they are meant to be: the order of the sum must not decide.
                yield return Hit(point, Math.Round(score, 10));
            }
        }
    }

    private Dictionary<string, int> Terms(IndexPoint point)
    {
        Dictionary<string, int> counts = [];
        analyzer.Analyze($"{point.Context}\n{point.Text}", term => counts[term.ToString()] = counts.GetValueOrDefault(term.ToString()) + 1);
        return counts;
    }

    private Dictionary<Guid, IndexPoint> Points(string collection) => _collections.TryGetValue(collection, out (int, Dictionary<Guid, IndexPoint> Points) found) ? found.Points : [];

    private Task<T> Locked<T>(Func<T> work)
    {
        lock (_lock)
        {
            try
            {
                return Task.FromResult(work());
            }
            catch (Exception failure) when (failure is ArgumentException or KeyNotFoundException)
            {
                return Task.FromException<T>(failure);
            }
        }
    }
}
