using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace LlmPlatform.ServiceDefaults.Data;

/// <summary>
/// Settings that SQLite keeps per connection (all but WAL, which the file keeps): readers do not block the writer,
/// writers wait for each other for 10 s, foreign keys hold.
/// </summary>
internal sealed class SqliteConnectionSettings(SqliteDurability durability) : DbConnectionInterceptor
{
    private readonly string _pragmas =
        "PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 10000; PRAGMA foreign_keys = ON; PRAGMA synchronous = "
        + (durability == SqliteDurability.PowerLoss ? "FULL;" : "NORMAL;");

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using DbCommand command = Command(connection);
        command.ExecuteNonQuery();
    }

    public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        await using DbCommand command = Command(connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private DbCommand Command(DbConnection connection)
    {
        DbCommand command = connection.CreateCommand();
        command.CommandText = _pragmas;
        return command;
    }
}
