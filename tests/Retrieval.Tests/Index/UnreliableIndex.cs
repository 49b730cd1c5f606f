using LlmPlatform.Retrieval.Filters;
using LlmPlatform.Retrieval.Index;
using LlmPlatform.Retrieval.Keywords;

namespace LlmPlatform.Retrieval.Tests.Index;

/// <summary>
/// An index in memory that keeps no more than the interface promises: a change may fail before it, in the middle of it or
/// after it, may happen twice, and one that failed may still happen later, after others (<see cref="LateChance"/>).
/// </summary>
internal sealed class UnreliableIndex(ITextAnalyzer analyzer, int seed) : IChunkIndex
{
    private readonly ReferenceIndex _index = new(analyzer);
    private readonly Random _random = new(seed);
    private readonly Lock _lock = new();
    private readonly List<Func<Task>> _late = [];

    /// <summary>How often a change fails, 0 to 1.</summary>
    public double FailureChance { get; init; } = 0.3;

    /// <summary>How often a change happens twice.</summary>
    public double RepeatChance { get; init; } = 0.2;

    /// <summary>How often a change that failed happens after a later one.</summary>
    public double LateChance { get; init; }

    /// <summary>Changes that failed.</summary>
    public int Failures { get; private set; }

    public Task CreateAsync(string collection, int dimensions, CancellationToken cancellationToken) =>
        ChangeAsync(() => _index.CreateAsync(collection, dimensions, cancellationToken), () => Task.CompletedTask);

    public Task DropAsync(string collection, CancellationToken cancellationToken) =>
        ChangeAsync(() => _index.DropAsync(collection, cancellationToken), () => Task.CompletedTask);

    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) => _index.ListAsync(cancellationToken);

    public Task UpsertAsync(string collection, IReadOnlyList<IndexPoint> points, CancellationToken cancellationToken) =>
        ChangeAsync(
            () => _index.UpsertAsync(collection, points, cancellationToken),
            () => _index.UpsertAsync(collection, [.. points.Where(_ => Happens(0.5))], cancellationToken));

    public Task SetAccessAsync(
        string collection, string documentId, IReadOnlyDictionary<string, AttributeValue> attributes, IReadOnlyList<string> allowedGroups, CancellationToken cancellationToken) =>
        ChangeAsync(() => _index.SetAccessAsync(collection, documentId, attributes, allowedGroups, cancellationToken), () => Task.CompletedTask);

    public Task DeleteAsync(string collection, string documentId, long? exceptRevision, CancellationToken cancellationToken) =>
        ChangeAsync(() => _index.DeleteAsync(collection, documentId, exceptRevision, cancellationToken), () => Task.CompletedTask);

    public Task<IndexAnswer> QueryAsync(string collection, IndexQuery query, CancellationToken cancellationToken) => _index.QueryAsync(collection, query, cancellationToken);

    public Task<IReadOnlyList<IndexPoint>> GetAsync(string collection, IReadOnlyCollection<Guid> ids, bool withVectors, CancellationToken cancellationToken) =>
        _index.GetAsync(collection, ids, withVectors, cancellationToken);

    public IAsyncEnumerable<IndexPoint> ReadAsync(string collection, string documentId, long revision, bool withVectors, CancellationToken cancellationToken) =>
        _index.ReadAsync(collection, documentId, revision, withVectors, cancellationToken);

    public Task<IReadOnlyDictionary<string, ReadOnlyMemory<float>>> FindVectorsAsync(
        string collection, string tenant, IReadOnlyCollection<string> contentHashes, CancellationToken cancellationToken) =>
        _index.FindVectorsAsync(collection, tenant, contentHashes, cancellationToken);

    public Task<KeywordStatistics> GetStatisticsAsync(string collection, IReadOnlyCollection<string> terms, CancellationToken cancellationToken) =>
        _index.GetStatisticsAsync(collection, terms, cancellationToken);

    public IAsyncEnumerable<IndexedRevision> ListRevisionsAsync(string collection, CancellationToken cancellationToken) =>
        _index.ListRevisionsAsync(collection, cancellationToken);

    private async Task ChangeAsync(Func<Task> whole, Func<Task> part)
    {
        if (Happens(FailureChance))
        {
            Failures++;
            switch (Next(3))
            {
                case 0 when Happens(LateChance):
                    lock (_lock)
                    {
                        _late.Add(whole);
                    }

                    break;
                case 1:
                    await part();
                    break;
                case 2:
                    await whole();
                    break;
                default:
                    break;
            }

            throw new IOException("the index did not answer");
        }

        await whole();
        if (Happens(RepeatChance))
        {
            await whole();
        }

        if (Happens(0.5))
        {
            await OvertakenAsync();
        }
    }

    // What was sent before and arrives now; its collection may be gone by this time.
    private async Task OvertakenAsync()
    {
        List<Func<Task>> late;
        lock (_lock)
        {
            late = [.. _late];
            _late.Clear();
        }

        foreach (Func<Task> change in late)
        {
            try
            {
                await change();
            }
            catch (KeyNotFoundException)
            {
                Failures++;
            }
        }
    }

    private bool Happens(double chance)
    {
        lock (_lock)
        {
            return _random.NextDouble() < chance;
        }
    }

    private int Next(int count)
    {
        lock (_lock)
        {
            return _random.Next(count);
        }
    }
}
