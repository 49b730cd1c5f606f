using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.ServiceDefaults.Data;

/// <summary>Tells "there is such a row already" from other failures of a save.</summary>
public static class UniqueViolation
{
    // https://www.sqlite.org/rescode.html.
    private const int SqliteConstraintPrimaryKey = 1555;
    private const int SqliteConstraintUnique = 2067;

    /// <summary>Whether a save failed because a unique index or the primary key has such a row already.</summary>
    public static bool Is(DbUpdateException exception) =>
        exception.InnerException is SqliteException { SqliteExtendedErrorCode: SqliteConstraintUnique or SqliteConstraintPrimaryKey };
}
