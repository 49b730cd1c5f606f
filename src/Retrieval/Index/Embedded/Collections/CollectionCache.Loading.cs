using LlmPlatform.Retrieval.Index.Embedded.Database;
using Microsoft.Data.Sqlite;

namespace LlmPlatform.Retrieval.Index.Embedded.Collections;

/// <content>
/// Opening. The rows say which points there are; segments are used as far as they hold them. Whatever a crash left is one
/// of three things: points behind the last segment, which are added; points in segments that have no row, which count as
/// removed; or anything else, for which all segments are made anew.
/// </content>
internal sealed partial class CollectionCache
{
    public static CollectionCache Load(
        SqliteConnection connection, CollectionRow collection, string folder, EmbeddedIndexOptions options, CancellationToken cancellationToken)
    {
        SegmentFiles files = new(folder, collection);
        if (files.Open() is { } segments)
        {
            CollectionCache cache = new(collection, files, options);
            if (TakeOver(cache, connection, segments))
            {
                return cache.AddRest(connection, cancellationToken);
            }
        }

        files.DeleteAll();
        CollectionCache rebuilt = new(collection, files, options);
        PointReader.Documents(connection, collection.Number).ForEach(rebuilt._documents.Add);
        return rebuilt.AddRest(connection, cancellationToken);
    }

    // The segments are the cache's now, or closed.
    private static bool TakeOver(CollectionCache cache, SqliteConnection connection, OpenedSegments segments)
    {
        bool taken = false;
        try
        {
            return taken = cache.TakeOver(connection, segments);
        }
        finally
        {
            if (!taken)
            {
                segments.Dispose();
            }
        }
    }

    private bool TakeOver(SqliteConnection connection, OpenedSegments segments)
    {
        PointReader.Documents(connection, Collection.Number).ForEach(_documents.Add);
        int next = 0;
        foreach (PointRow row in PointReader.Points(connection, Collection.Number))
        {
            while (next < segments.Numbers.Count && segments.Numbers[next] < row.Number)
            {
                _points.AddRemoved(segments.Numbers[next++]);
            }

            if (next == segments.Numbers.Count)
            {
                break;
            }

            if (segments.Numbers[next] != row.Number)
            {
                return false;
            }

            int document = _documents.PlaceOf(row.Document);
            _points.Add(row, document);
            _documents.CountPoint(document);
            next++;
        }

        while (next < segments.Numbers.Count)
        {
            _points.AddRemoved(segments.Numbers[next++]);
        }

        _epoch = segments.Epoch;
        _keywords.Open(segments.Postings, _points.IsRemoved);
        _vectors?.Open(segments.Vectors);
        return true;
    }

    private CollectionCache AddRest(SqliteConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            long last = _points.Count == 0 ? 0 : _points.Numbers[^1];
            foreach (IndexedRow row in PointReader.Indexed(connection, Collection.Number, last))
            {
                cancellationToken.ThrowIfCancellationRequested();
                Add(row);
                Maintain();
            }

            return this;
        }
        catch
        {
            Dispose();
            throw;
        }
    }
}
