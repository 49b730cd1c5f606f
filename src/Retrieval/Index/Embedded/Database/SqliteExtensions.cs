using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Data.Sqlite;

namespace LlmPlatform.Retrieval.Index.Embedded.Database;

/// <summary>Shorter ways to say a command, and values as they are kept.</summary>
internal static class SqliteExtensions
{
    /// <summary>A command in the connection's own transaction.</summary>
    public static SqliteCommand Prepared(this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // All of these texts are constants of this folder.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach ((string name, object? value) in parameters)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        return command;
    }

    /// <summary>Runs the command with other values of its parameters, in their order.</summary>
    public static SqliteCommand With(this SqliteCommand command, params ReadOnlySpan<object?> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }

        return command;
    }

    public static Guid GetGuidBytes(this SqliteDataReader reader, int column) => new((byte[])reader[column]);

    // As bytes, since a text may hold the character 0.
    public static string GetUtf8(this SqliteDataReader reader, int column) => Encoding.UTF8.GetString((byte[])reader[column]);

    public static float[] GetVector(this SqliteDataReader reader, int column) => MemoryMarshal.Cast<byte, float>((byte[])reader[column]).ToArray();

    public static byte[] ToBytes(this ReadOnlyMemory<float> vector) => MemoryMarshal.AsBytes(vector.Span).ToArray();
}
