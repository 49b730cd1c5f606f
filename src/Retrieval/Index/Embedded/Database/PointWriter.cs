using System.Text;
using System.Text.Json;
using LlmPlatform.Retrieval.Filters;
using LlmPlatform.Retrieval.Keywords;
using LlmPlatform.Retrieval.Keywords.Postings;
using Microsoft.Data.Sqlite;

namespace LlmPlatform.Retrieval.Index.Embedded.Database;

/// <summary>Changes points within a transaction, and says what was changed.</summary>
internal static class PointWriter
{
    public static Changes Upsert(
        SqliteConnection connection, CollectionRow collection, IReadOnlyList<(IndexPoint Point, TermCount[] Terms)> points, CancellationToken cancellationToken)
    {
        Changes changes = new() { Generation = CollectionRows.Touch(connection, collection.Number) };
        using SqliteCommand find = connection.Prepared(
            "SELECT p.number, c.terms, p.document FROM points p JOIN contents c ON c.number = p.number WHERE p.collection = $collection AND p.id = $id",
            ("$collection", collection.Number), ("$id", null));
        using SqliteCommand insertPoint = connection.Prepared(
            "INSERT INTO points (collection, document, chunk, id, hash) VALUES ($collection, $document, $chunk, $id, $hash) RETURNING number",
            ("$collection", null), ("$document", null), ("$chunk", null), ("$id", null), ("$hash", null));
        using SqliteCommand insertContent = connection.Prepared(
            "INSERT INTO contents (number, text, context, first, last, headings, page, sheet, terms, vector) VALUES ($number, $text, $context, $first, $last, $headings, $page, $sheet, $terms, $vector)",
            ("$number", null), ("$text", null), ("$context", null), ("$first", null), ("$last", null), ("$headings", null), ("$page", null), ("$sheet", null), ("$terms", null), ("$vector", null));
        Dictionary<(string, long, string, string, string), long> documents = [];
        HashSet<long> left = [];
        foreach ((IndexPoint point, TermCount[] terms) in points)
        {
            cancellationToken.ThrowIfCancellationRequested();
            byte[] id = point.Id.ToByteArray();
            if (Find(find.With(collection.Number, id), left) is { } replaced)
            {
                changes.Removed.Add(replaced);
                DeletePoint(connection, replaced.Number);
            }

            long document = DocumentOf(connection, collection.Number, point, documents, changes);
            long number = (long)insertPoint.With(collection.Number, document, point.Chunk, id, point.ContentHash).ExecuteScalar()!;
            insertContent.With(
                number, Encoding.UTF8.GetBytes(point.Text), Encoding.UTF8.GetBytes(point.Context), point.Start, point.End,
                JsonSerializer.Serialize(point.Headings), point.Page, point.Sheet, TermCounts.Encode(terms), point.Vector.ToBytes()).ExecuteNonQuery();
            changes.Added.Add(new IndexedRow(new PointRow(number, document, point.Chunk, point.Id), terms, point.Vector));
        }

        DeleteEmpty(connection, left);
        return changes;
    }

    public static Changes SetAccess(
        SqliteConnection connection, CollectionRow collection, string documentId, IReadOnlyDictionary<string, AttributeValue> attributes, IReadOnlyList<string> groups)
    {
        Changes changes = new() { Generation = CollectionRows.Touch(connection, collection.Number) };
        using SqliteCommand update = connection.Prepared(
            "UPDATE documents SET groups = $groups, attributes = $attributes WHERE collection = $collection AND document = $document RETURNING number",
            ("$groups", AccessText.Of(groups)), ("$attributes", AccessText.Of(attributes)), ("$collection", collection.Number), ("$document", documentId));
        using SqliteDataReader reader = update.ExecuteReader();
        while (reader.Read())
        {
            changes.ChangedDocuments.Add(reader.GetInt64(0));
        }

        return changes;
    }

    public static Changes Delete(SqliteConnection connection, CollectionRow collection, string documentId, long? exceptRevision)
    {
        Changes changes = new() { Generation = CollectionRows.Touch(connection, collection.Number) };
        HashSet<long> left = [];
        using (SqliteCommand find = connection.Prepared(
            """
            SELECT p.number, c.terms, d.number FROM documents d
            JOIN points p ON p.document = d.number JOIN contents c ON c.number = p.number
            WHERE d.collection = $collection AND d.document = $document AND ($except IS NULL OR d.revision <> $except)
            """,
            ("$collection", collection.Number), ("$document", documentId), ("$except", exceptRevision)))
        {
            using SqliteDataReader reader = find.ExecuteReader();
            while (reader.Read())
            {
                changes.Removed.Add(new RemovedRow(reader.GetInt64(0), TermCounts.Decode((byte[])reader[1])));
                left.Add(reader.GetInt64(2));
            }
        }

        foreach (RemovedRow removed in changes.Removed)
        {
            DeletePoint(connection, removed.Number);
        }

        DeleteEmpty(connection, left);
        return changes;
    }

    /// <summary>Makes the terms of all points anew.</summary>
    public static void Analyze(SqliteConnection connection, CollectionRow collection, ITextAnalyzer analyzer)
    {
        using SqliteCommand update = connection.Prepared("UPDATE contents SET terms = $terms WHERE number = $number", ("$terms", null), ("$number", null));
        using SqliteCommand next = connection.Prepared(
            "SELECT p.number, c.text, c.context FROM points p JOIN contents c ON c.number = p.number WHERE p.collection = $collection AND p.number > $after ORDER BY p.number LIMIT 256",
            ("$collection", collection.Number), ("$after", null));
        long after = 0;
        while (true)
        {
            List<(long Number, string Text)> page = [];
            using (SqliteDataReader reader = next.With(collection.Number, after).ExecuteReader())
            {
                while (reader.Read())
                {
                    page.Add((reader.GetInt64(0), IndexText(reader.GetUtf8(2), reader.GetUtf8(1))));
                }
            }

            if (page.Count == 0)
            {
                break;
            }

            foreach ((long number, string text) in page)
            {
                update.With(TermCounts.Encode(TermCounts.Of(analyzer, text)), number).ExecuteNonQuery();
            }

            after = page[^1].Number;
        }

        using SqliteCommand name = connection.Prepared(
            "UPDATE collections SET analyzer = $analyzer, generation = generation + 1 WHERE number = $number", ("$analyzer", analyzer.Name), ("$number", collection.Number));
        name.ExecuteNonQuery();
    }

    /// <summary>What terms are made of.</summary>
    public static string IndexText(string context, string text) => context.Length == 0 ? text : $"{context}\n{text}";

    private static RemovedRow? Find(SqliteCommand find, HashSet<long> left)
    {
        using SqliteDataReader reader = find.ExecuteReader();
        if (!reader.Read())
        {
            return null;
        }

        left.Add(reader.GetInt64(2));
        return new RemovedRow(reader.GetInt64(0), TermCounts.Decode((byte[])reader[1]));
    }

    private static long DocumentOf(
        SqliteConnection connection, long collection, IndexPoint point, Dictionary<(string, long, string, string, string), long> known, Changes changes)
    {
        (string, long, string, string, string) key =
            (point.DocumentId, point.Revision, point.Tenant, AccessText.Of(point.AllowedGroups), AccessText.Of(point.Attributes));
        if (known.TryGetValue(key, out long number))
        {
            return number;
        }

        (string, object?)[] parameters =
        [
            ("$collection", collection), ("$document", key.Item1), ("$revision", key.Item2), ("$tenant", key.Item3), ("$groups", key.Item4), ("$attributes", key.Item5),
        ];
        using SqliteCommand find = connection.Prepared(
            "SELECT number FROM documents WHERE collection = $collection AND document = $document AND revision = $revision AND tenant = $tenant AND groups = $groups AND attributes = $attributes",
            parameters);
        if (find.ExecuteScalar() is long found)
        {
            return known[key] = found;
        }

        using SqliteCommand insert = connection.Prepared(
            "INSERT INTO documents (collection, document, revision, tenant, groups, attributes) VALUES ($collection, $document, $revision, $tenant, $groups, $attributes) RETURNING number",
            parameters);
        number = (long)insert.ExecuteScalar()!;
        changes.NewDocuments.Add(new DocumentRow(
            number, point.DocumentId, point.Revision, point.Tenant, AccessText.Groups(key.Item4), AccessText.Attributes(key.Item5)));
        return known[key] = number;
    }

    private static void DeletePoint(SqliteConnection connection, long number)
    {
        using SqliteCommand delete = connection.Prepared(
            "DELETE FROM points WHERE number = $number; DELETE FROM contents WHERE number = $number", ("$number", number));
        delete.ExecuteNonQuery();
    }

    // A document's row without points is of no use.
    private static void DeleteEmpty(SqliteConnection connection, HashSet<long> documents)
    {
        using SqliteCommand delete = connection.Prepared(
            "DELETE FROM documents WHERE number = $number AND NOT EXISTS (SELECT 1 FROM points WHERE document = $number)", ("$number", null));
        foreach (long document in documents)
        {
            delete.With(document).ExecuteNonQuery();
        }
    }
}
