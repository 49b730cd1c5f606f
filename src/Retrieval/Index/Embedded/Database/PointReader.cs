using System.Text.Json;
using LlmPlatform.Retrieval.Keywords.Postings;
using Microsoft.Data.Sqlite;

namespace LlmPlatform.Retrieval.Index.Embedded.Database;

/// <summary>Reads points.</summary>
internal static class PointReader
{
    private const int PageSize = 256;

    private const string PointColumns =
        "p.id, d.tenant, d.document, d.revision, p.chunk, d.groups, d.attributes, c.text, c.context, c.first, c.last, c.headings, c.page, c.sheet, p.hash";

    private const string PointTables = "points p JOIN documents d ON d.number = p.document JOIN contents c ON c.number = p.number";

    /// <summary>The points of these ids that are there.</summary>
    public static List<IndexPoint> Get(SqliteConnection connection, long collection, IEnumerable<Guid> ids, bool withVectors)
    {
        using SqliteCommand command = connection.Prepared(
            $"SELECT {PointColumns}{VectorColumn(withVectors)} FROM {PointTables} WHERE p.collection = $collection AND p.id = $id",
            ("$collection", collection), ("$id", null));
        List<IndexPoint> points = [];
        foreach (Guid id in ids)
        {
            using SqliteDataReader reader = command.With(collection, id.ToByteArray()).ExecuteReader();
            if (reader.Read())
            {
                points.Add(Point(reader, withVectors));
            }
        }

        return points;
    }

    /// <summary>The next points of a revision behind a chunk.</summary>
    public static List<IndexPoint> Page(SqliteConnection connection, long collection, string documentId, long revision, long afterChunk, bool withVectors)
    {
        using SqliteCommand command = connection.Prepared(
            $"""
            SELECT {PointColumns}{VectorColumn(withVectors)} FROM {PointTables}
            WHERE d.collection = $collection AND d.document = $document AND d.revision = $revision AND p.chunk > $after ORDER BY p.chunk LIMIT {PageSize}
            """,
            ("$collection", collection), ("$document", documentId), ("$revision", revision), ("$after", afterChunk));
        using SqliteDataReader reader = command.ExecuteReader();
        List<IndexPoint> points = [];
        while (reader.Read())
        {
            points.Add(Point(reader, withVectors));
        }

        return points;
    }

    /// <summary>The vectors that a tenant's points with these hashes have.</summary>
    public static Dictionary<string, ReadOnlyMemory<float>> FindVectors(SqliteConnection connection, long collection, string tenant, IEnumerable<string> hashes)
    {
        using SqliteCommand command = connection.Prepared(
            $"SELECT c.vector FROM {PointTables} WHERE p.hash = $hash AND p.collection = $collection AND d.tenant = $tenant LIMIT 1",
            ("$hash", null), ("$collection", collection), ("$tenant", tenant));
        Dictionary<string, ReadOnlyMemory<float>> found = new(StringComparer.Ordinal);
        foreach (string hash in hashes)
        {
            using SqliteDataReader reader = command.With(hash, collection, tenant).ExecuteReader();
            if (reader.Read())
            {
                found[hash] = reader.GetVector(0);
            }
        }

        return found;
    }

    /// <summary>The next revisions in the order of document and revision.</summary>
    public static List<IndexedRevision> Revisions(SqliteConnection connection, long collection, string afterDocument, long afterRevision)
    {
        using SqliteCommand command = connection.Prepared(
            $"""
            SELECT d.document, d.revision, COUNT(*) FROM documents d JOIN points p ON p.document = d.number
            WHERE d.collection = $collection AND (d.document, d.revision) > ($document, $revision)
            GROUP BY d.document, d.revision ORDER BY d.document, d.revision LIMIT {PageSize}
            """,
            ("$collection", collection), ("$document", afterDocument), ("$revision", afterRevision));
        using SqliteDataReader reader = command.ExecuteReader();
        List<IndexedRevision> revisions = [];
        while (reader.Read())
        {
            revisions.Add(new IndexedRevision(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2)));
        }

        return revisions;
    }

    public static List<DocumentRow> Documents(SqliteConnection connection, long collection)
    {
        using SqliteCommand command = connection.Prepared(
            "SELECT number, document, revision, tenant, groups, attributes FROM documents WHERE collection = $collection", ("$collection", collection));
        using SqliteDataReader reader = command.ExecuteReader();
        List<DocumentRow> rows = [];
        while (reader.Read())
        {
            rows.Add(new DocumentRow(
                reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), reader.GetString(3),
                AccessText.Groups(reader.GetString(4)), AccessText.Attributes(reader.GetString(5))));
        }

        return rows;
    }

    /// <summary>All points of a collection in the order of their numbers.</summary>
    public static IEnumerable<PointRow> Points(SqliteConnection connection, long collection)
    {
        using SqliteCommand command = connection.Prepared(
            "SELECT number, document, chunk, id FROM points WHERE collection = $collection ORDER BY number", ("$collection", collection));
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return new PointRow(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt32(2), reader.GetGuidBytes(3));
        }
    }

    /// <summary>What caches are made of, for all points behind a number, in the order of their numbers.</summary>
    public static IEnumerable<IndexedRow> Indexed(SqliteConnection connection, long collection, long after)
    {
        using SqliteCommand command = connection.Prepared(
            """
            SELECT p.number, p.document, p.chunk, p.id, c.terms, c.vector FROM points p JOIN contents c ON c.number = p.number
            WHERE p.collection = $collection AND p.number > $after ORDER BY p.number
            """,
            ("$collection", collection), ("$after", after));
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return new IndexedRow(
                new PointRow(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt32(2), reader.GetGuidBytes(3)),
                TermCounts.Decode((byte[])reader[4]),
                reader.GetVector(5));
        }
    }

    private static string VectorColumn(bool withVectors) => withVectors ? ", c.vector" : "";

    private static IndexPoint Point(SqliteDataReader reader, bool withVectors) => new()
    {
        Id = reader.GetGuidBytes(0),
        Tenant = reader.GetString(1),
        DocumentId = reader.GetString(2),
        Revision = reader.GetInt64(3),
        Chunk = reader.GetInt32(4),
        AllowedGroups = AccessText.Groups(reader.GetString(5)),
        Attributes = AccessText.Attributes(reader.GetString(6)),
        Text = reader.GetUtf8(7),
        Context = reader.GetUtf8(8),
        Start = reader.GetInt32(9),
        End = reader.GetInt32(10),
        Headings = JsonSerializer.Deserialize<string[]>(reader.GetString(11))!,
        Page = reader.IsDBNull(12) ? null : reader.GetInt32(12),
        Sheet = reader.IsDBNull(13) ? null : reader.GetString(13),
        ContentHash = reader.GetString(14),
        Vector = withVectors ? reader.GetVector(15) : default(ReadOnlyMemory<float>),
    };
}
