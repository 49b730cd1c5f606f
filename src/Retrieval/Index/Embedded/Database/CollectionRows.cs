using Microsoft.Data.Sqlite;

namespace LlmPlatform.Retrieval.Index.Embedded.Database;

/// <summary>The rows of collections.</summary>
internal static class CollectionRows
{
    private const string Columns = "number, name, dimensions, uid, generation, analyzer";

    public static CollectionRow? Find(SqliteConnection connection, string name)
    {
        using SqliteCommand command = connection.Prepared($"SELECT {Columns} FROM collections WHERE name = $name", ("$name", name));
        using SqliteDataReader reader = command.ExecuteReader();
        return reader.Read()
            ? new CollectionRow(reader.GetInt64(0), reader.GetString(1), reader.GetInt32(2), reader.GetGuidBytes(3), reader.GetInt64(4), reader.GetString(5))
            : null;
    }

    public static List<string> List(SqliteConnection connection)
    {
        using SqliteCommand command = connection.Prepared("SELECT name FROM collections ORDER BY name");
        using SqliteDataReader reader = command.ExecuteReader();
        List<string> names = [];
        while (reader.Read())
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    public static void Insert(SqliteConnection connection, string name, int dimensions, string analyzer)
    {
        using SqliteCommand command = connection.Prepared(
            "INSERT INTO collections (name, dimensions, uid, generation, analyzer) VALUES ($name, $dimensions, $uid, 0, $analyzer)",
            ("$name", name), ("$dimensions", dimensions), ("$uid", Guid.NewGuid().ToByteArray()), ("$analyzer", analyzer));
        command.ExecuteNonQuery();
    }

    /// <summary>Removes a collection with all its points.</summary>
    public static void Delete(SqliteConnection connection, long number)
    {
        using SqliteCommand command = connection.Prepared(
            """
            DELETE FROM contents WHERE number IN (SELECT number FROM points WHERE collection = $number);
            DELETE FROM points WHERE collection = $number;
            DELETE FROM documents WHERE collection = $number;
            DELETE FROM collections WHERE number = $number;
            """,
            ("$number", number));
        command.ExecuteNonQuery();
    }

    /// <summary>Counts a change.</summary>
    /// <returns>The new generation.</returns>
    public static long Touch(SqliteConnection connection, long number)
    {
        using SqliteCommand command = connection.Prepared(
            "UPDATE collections SET generation = generation + 1 WHERE number = $number RETURNING generation", ("$number", number));
        return (long)command.ExecuteScalar()!;
    }
}
