using LlmPlatform.Retrieval.Filters;
using LlmPlatform.Retrieval.Index.Embedded.Database;
using LlmPlatform.Retrieval.Index.Embedded.Vectors;
using LlmPlatform.Retrieval.Keywords;
using LlmPlatform.Retrieval.Keywords.Postings;

namespace LlmPlatform.Retrieval.Index.Embedded.Collections;

/// <summary>
/// A collection as it is searched: tables of points and documents in memory, postings and vectors in segments. All of it can
/// be made from the rows. Changes come one at a time (the owner's gate); searches run beside them, and only the moment in
/// which a change takes effect is exclusive.
/// </summary>
internal sealed partial class CollectionCache : IDisposable
{
    private readonly ReaderWriterLockSlim _lock = new();
    private readonly EmbeddedIndexOptions _options;
    private readonly SegmentFiles _files;
    private readonly DocumentTable _documents = new();
    private readonly PointTable _points = new();
    private readonly PostingsIndex _keywords = new();
    private readonly VectorMatrix? _vectors;
    private readonly Comparison<int> _order;
    private long _generation;
    private int _epoch;
    private bool _closed;

    private CollectionCache(CollectionRow collection, SegmentFiles files, EmbeddedIndexOptions options)
    {
        Collection = collection;
        _files = files;
        _options = options;
        _generation = collection.Generation;
        _vectors = collection.Dimensions == 0 ? null : new VectorMatrix(collection.Dimensions, options);
        _order = Compare;
    }

    public CollectionRow Collection { get; }

    /// <summary>Searches.</summary>
    /// <returns>Null when the cache was closed meanwhile.</returns>
    public IndexAnswer? Search(IndexQuery query)
    {
        _lock.EnterReadLock();
        try
        {
            if (_closed)
            {
                return null;
            }

            (bool[] documents, bool all) = _documents.Evaluate(query.Filter);
            ReadOnlyMemory<ulong> allowed = all ? _points.Live : _points.Allowed(documents);
            IReadOnlyList<IndexHit> dense = query.Vector.IsEmpty || _vectors is null ? []
                : [.. _vectors.Search(query.Vector, query.Limit, allowed, _order).Select(hit => Hit(hit.Ordinal, hit.Score))];
            IReadOnlyList<IndexHit> keyword = query.Terms.Count == 0 ? []
                : [.. _keywords.Search(query.Terms, query.Limit, allowed.Span, _order).Select(hit => Hit(hit.Ordinal, hit.Score))];
            return new IndexAnswer(dense, keyword);
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    /// <summary>What BM25 knows.</summary>
    /// <returns>Null when the cache was closed meanwhile.</returns>
    public KeywordStatistics? GetStatistics(IReadOnlyCollection<string> terms)
    {
        _lock.EnterReadLock();
        try
        {
            return _closed ? null : _keywords.GetStatistics(terms);
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    /// <summary>Takes over what a transaction did: later searches see it.</summary>
    public void Apply(Changes changes)
    {
        _lock.EnterWriteLock();
        try
        {
            _generation = changes.Generation;
            changes.NewDocuments.ForEach(_documents.Add);
            // Added first: a document whose points are all replaced must not be forgotten in between.
            changes.Added.ForEach(Add);
            foreach (RemovedRow removed in changes.Removed)
            {
                int ordinal = _points.OrdinalOf(removed.Number);
                _keywords.Remove(ordinal, removed.Terms);
                _points.Remove(ordinal);
                _documents.RemovePoint(_points.DocumentOf(ordinal));
            }
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    /// <summary>As <see cref="Apply"/>, for documents with other groups and attributes.</summary>
    public void ApplyAccess(Changes changes, IReadOnlyDictionary<string, AttributeValue> attributes, IReadOnlyList<string> groups)
    {
        _lock.EnterWriteLock();
        try
        {
            _generation = changes.Generation;
            foreach (long number in changes.ChangedDocuments)
            {
                DocumentRow row = _documents[_documents.PlaceOf(number)];
                _documents.Replace(row with { Attributes = new Dictionary<string, AttributeValue>(attributes), Groups = [.. groups] });
            }
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    /// <summary>Closes the files when the searches under way have ended; what is in memory only is made from the rows the next time.</summary>
    public void Dispose()
    {
        _lock.EnterWriteLock();
        _closed = true;
        _keywords.Dispose();
        _vectors?.Dispose();
        _lock.ExitWriteLock();
    }

    private void Add(IndexedRow row)
    {
        int document = _documents.PlaceOf(row.Point.Document);
        int ordinal = _points.Add(row.Point, document);
        _documents.CountPoint(document);
        _keywords.Add(ordinal, row.Terms);
        _vectors?.Add(row.Vector.Span);
    }

    private IndexHit Hit(int ordinal, double score)
    {
        DocumentRow document = _documents[_points.DocumentOf(ordinal)];
        return new IndexHit(_points.IdOf(ordinal), document.DocumentId, document.Revision, _points.ChunkOf(ordinal), score);
    }

    private int Compare(int left, int right)
    {
        DocumentRow leftDocument = _documents[_points.DocumentOf(left)], rightDocument = _documents[_points.DocumentOf(right)];
        int compared = string.CompareOrdinal(leftDocument.DocumentId, rightDocument.DocumentId);
        compared = compared != 0 ? compared : _points.ChunkOf(left).CompareTo(_points.ChunkOf(right));
        compared = compared != 0 ? compared : leftDocument.Revision.CompareTo(rightDocument.Revision);
        return compared != 0 ? compared : left.CompareTo(right);
    }
}
