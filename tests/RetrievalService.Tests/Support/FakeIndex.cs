using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using LlmPlatform.Retrieval.Filters;
using LlmPlatform.Retrieval.Index;
using LlmPlatform.Retrieval.Keywords;

namespace LlmPlatform.RetrievalService.Tests.Support;

/// <summary>An index in memory that outlives a service, and fails when a test says so.</summary>
internal sealed class FakeIndex(ITextAnalyzer analyzer) : IChunkIndex
{
    private readonly Dictionary<string, (int Dimensions, Dictionary<Guid, IndexPoint> Points)> _collections = [];
    private readonly Lock _lock = new();

    /// <summary>Called before each write with its name and the document; may throw.</summary>
    public Func<string, string, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>All points of all collections whose names begin so.</summary>
    public IReadOnlyList<IndexPoint> Points(string prefix)
    {
        lock (_lock)
        {
            return [.. _collections.Where(collection => collection.Key.StartsWith(prefix, StringComparison.Ordinal)).SelectMany(collection => collection.Value.Points.Values)];
        }
    }

    public IReadOnlyList<string> Names()
    {
        lock (_lock)
        {
            return [.. _collections.Keys];
        }
    }

    /// <summary>Loses points, as a damaged index would.</summary>
    public void Lose(Func<IndexPoint, bool> which)
    {
        lock (_lock)
        {
            foreach ((_, Dictionary<Guid, IndexPoint> points) in _collections.Values)
            {
                foreach (IndexPoint point in points.Values.Where(which).ToList())
                {
                    points.Remove(point.Id);
                }
            }
        }
    }

    public Task CreateAsync(string collection, int dimensions, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_collections.TryAdd(collection, (dimensions, [])) && _collections[collection].Dimensions != dimensions)
            {
                throw new ArgumentException($"{collection} has other dimensions");
            }
        }

        return Task.CompletedTask;
    }

    public Task DropAsync(string collection, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _collections.Remove(collection);
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) => Task.FromResult(Names());

    public async Task UpsertAsync(string collection, IReadOnlyList<IndexPoint> points, CancellationToken cancellationToken)
    {
        await Before("upsert", points[0].DocumentId);
        lock (_lock)
        {
            (int dimensions, Dictionary<Guid, IndexPoint> there) = Of(collection);
            foreach (IndexPoint point in points)
            {
                Assert.Equal(dimensions, point.Vector.Length);
                there[point.Id] = point;
            }
        }
    }

    public async Task SetAccessAsync(
        string collection, string documentId, IReadOnlyDictionary<string, AttributeValue> attributes, IReadOnlyList<string> allowedGroups, CancellationToken cancellationToken)
    {
        await Before("access", documentId);
        lock (_lock)
        {
            Dictionary<Guid, IndexPoint> points = Of(collection).Points;
            foreach (IndexPoint point in points.Values.Where(point => point.DocumentId == documentId).ToList())
            {
                points[point.Id] = point with { Attributes = attributes, AllowedGroups = allowedGroups };
            }
        }
    }

    public async Task DeleteAsync(string collection, string documentId, long? exceptRevision, CancellationToken cancellationToken)
    {
        await Before("delete", documentId);
        lock (_lock)
        {
            Dictionary<Guid, IndexPoint> points = Of(collection).Points;
            foreach (IndexPoint point in points.Values.Where(point => point.DocumentId == documentId && point.Revision != exceptRevision).ToList())
            {
                points.Remove(point.Id);
            }
        }
    }

    public Task<IndexAnswer> QueryAsync(string collection, IndexQuery query, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            List<IndexPoint> points = [.. Of(collection).Points.Values.Where(query.Filter.Matches)];
            return Task.FromResult(new IndexAnswer(
                query.Vector.Length == 0 ? [] : Best(points, query.Limit, point => TensorPrimitives.Dot(query.Vector.Span, point.Vector.Span)),
                query.Terms.Count == 0 ? [] : Best(points.Where(point => Count(point, query.Terms) > 0), query.Limit, point => Count(point, query.Terms))));
        }
    }

    public Task<IReadOnlyList<IndexPoint>> GetAsync(string collection, IReadOnlyCollection<Guid> ids, bool withVectors, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<IndexPoint>>([.. Of(collection).Points.Values.Where(point => ids.Contains(point.Id))]);
        }
    }

    public async IAsyncEnumerable<IndexPoint> ReadAsync(
        string collection, string documentId, long revision, bool withVectors, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        List<IndexPoint> points;
        lock (_lock)
        {
            points = [.. Of(collection).Points.Values.Where(point => point.DocumentId == documentId && point.Revision == revision).OrderBy(point => point.Chunk)];
        }

        foreach (IndexPoint point in points)
        {
            yield return point;
        }
    }

    public Task<IReadOnlyDictionary<string, ReadOnlyMemory<float>>> FindVectorsAsync(
        string collection, string tenant, IReadOnlyCollection<string> contentHashes, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyDictionary<string, ReadOnlyMemory<float>>>(Of(collection).Points.Values
                .Where(point => point.Tenant == tenant && contentHashes.Contains(point.ContentHash))
                .DistinctBy(point => point.ContentHash)
                .ToDictionary(point => point.ContentHash, point => point.Vector));
        }
    }

    public Task<KeywordStatistics> GetStatisticsAsync(string collection, IReadOnlyCollection<string> terms, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            List<IndexPoint> points = [.. Of(collection).Points.Values];
            return Task.FromResult(new KeywordStatistics(
                points.Count, 10, terms.ToDictionary(term => term, term => (long)points.Count(point => Count(point, [term]) > 0))));
        }
    }

    public async IAsyncEnumerable<IndexedRevision> ListRevisionsAsync(string collection, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        List<IndexedRevision> revisions;
        lock (_lock)
        {
            revisions = [.. Of(collection).Points.Values.GroupBy(point => (point.DocumentId, point.Revision))
                .Select(group => new IndexedRevision(group.Key.DocumentId, group.Key.Revision, group.Count()))];
        }

        foreach (IndexedRevision revision in revisions)
        {
            yield return revision;
        }
    }

    private static List<IndexHit> Best(IEnumerable<IndexPoint> points, int limit, Func<IndexPoint, double> score) =>
        [.. points.Select(point => new IndexHit(point.Id, point.DocumentId, point.Revision, point.Chunk, score(point)))
            .OrderByDescending(hit => hit.Score).ThenBy(hit => hit.DocumentId, StringComparer.Ordinal).ThenBy(hit => hit.Chunk).Take(limit)];

    private int Count(IndexPoint point, IReadOnlyList<string> terms)
    {
        int count = 0;
        analyzer.Analyze(point.Text, term => count += terms.Contains(term.ToString()) ? 1 : 0);
        return count;
    }

    private (int Dimensions, Dictionary<Guid, IndexPoint> Points) Of(string collection) =>
        _collections.TryGetValue(collection, out (int, Dictionary<Guid, IndexPoint>) found) ? found : throw new KeyNotFoundException($"there is no {collection}");
}
