using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.ModelService.Data;

/// <summary>Tells "there is such a row already" from other failures of a save.</summary>
internal static class UniqueViolation
{
    private const int SqliteConstraintUnique = 2067;

    public static bool Is(DbUpdateException exception) =>
        exception.InnerException is SqliteException { SqliteExtendedErrorCode: SqliteConstraintUnique };
}
