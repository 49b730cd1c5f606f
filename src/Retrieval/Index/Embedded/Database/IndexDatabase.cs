using Microsoft.Data.Sqlite;

namespace LlmPlatform.Retrieval.Index.Embedded.Database;

/// <summary>
/// The file <c>index.db</c>: one connection that writes, one transaction at a time, and connections that read beside it.
/// </summary>
internal sealed class IndexDatabase : IDisposable
{
    private const int SchemaVersion = 1;

    private const string Schema = """
        CREATE TABLE collections (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE,
            dimensions INTEGER NOT NULL,
            uid BLOB NOT NULL,
            generation INTEGER NOT NULL,
            analyzer TEXT NOT NULL);
        CREATE TABLE documents (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            collection INTEGER NOT NULL,
            document TEXT NOT NULL,
            revision INTEGER NOT NULL,
            tenant TEXT NOT NULL,
            groups TEXT NOT NULL,
            attributes TEXT NOT NULL);
        CREATE INDEX documents_by_id ON documents (collection, document, revision);
        CREATE TABLE points (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            collection INTEGER NOT NULL,
            document INTEGER NOT NULL,
            chunk INTEGER NOT NULL,
            id BLOB NOT NULL,
            hash TEXT NOT NULL);
        CREATE UNIQUE INDEX points_by_id ON points (collection, id);
        CREATE INDEX points_by_collection ON points (collection);
        CREATE INDEX points_by_document ON points (document, chunk);
        CREATE INDEX points_by_hash ON points (hash, collection);
        CREATE TABLE contents (
            number INTEGER PRIMARY KEY,
            text BLOB NOT NULL,
            context BLOB NOT NULL,
            first INTEGER NOT NULL,
            last INTEGER NOT NULL,
            headings TEXT NOT NULL,
            page INTEGER,
            sheet TEXT,
            terms BLOB NOT NULL,
            vector BLOB NOT NULL);
        """;

    private readonly string _connectionString;
    private readonly SqliteConnection _writer;
    private readonly SemaphoreSlim _turn = new(1);

    private IndexDatabase(string path)
    {
        _connectionString = new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWriteCreate }.ToString();
        // The writer is not pooled: it would keep the file after the end.
        _writer = new SqliteConnection(_connectionString + ";Pooling=False");
    }

    /// <summary>Opens the file, or makes it.</summary>
    /// <exception cref="InvalidDataException">It was made by a later version.</exception>
    public static IndexDatabase Open(string path)
    {
        IndexDatabase database = new(path);
        try
        {
            database._writer.Open();
            // A commit survives a loss of power: the document's row says that it is indexed.
            Execute(database._writer, "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 10000; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864;");
            database.Migrate(path);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>A connection that reads a consistent state while others write.</summary>
    public SqliteConnection OpenReader()
    {
        SqliteConnection connection = new(_connectionString);
        connection.Open();
        Execute(connection, "PRAGMA busy_timeout = 10000; PRAGMA query_only = ON;");
        return connection;
    }

    /// <summary>Runs a transaction, alone; it is undone when <paramref name="work"/> throws.</summary>
    public async Task<T> WriteAsync<T>(Func<SqliteConnection, SqliteTransaction, T> work, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Microsoft.Data.Sqlite has no asynchronous work: it would keep the caller's thread.
            return await Task.Run(
                () =>
                {
                    using SqliteTransaction transaction = _writer.BeginTransaction(deferred: false);
                    T result = work(_writer, transaction);
                    transaction.Commit();
                    return result;
                },
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _writer.Dispose();
        using SqliteConnection pooled = new(_connectionString);
        SqliteConnection.ClearPool(pooled);
        _turn.Dispose();
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private void Migrate(string path)
    {
        using SqliteTransaction transaction = _writer.BeginTransaction(deferred: false);
        using SqliteCommand command = _writer.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "PRAGMA user_version";
        long version = (long)command.ExecuteScalar()!;
        if (version > SchemaVersion)
        {
            throw new InvalidDataException($"{path}: its schema is version {version}, this program knows {SchemaVersion}");
        }

        if (version == 0)
        {
            command.CommandText = $"{Schema} PRAGMA user_version = {SchemaVersion};";
            command.ExecuteNonQuery();
        }

        transaction.Commit();
    }
}
