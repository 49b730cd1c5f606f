using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.ModelService.Blobs;

/// <summary>Tells a full disk from other failures, of files and of the database alike.</summary>
internal static class DiskFull
{
    private const int NoSpaceLeftOnDevice = 28;
    private const int QuotaExceeded = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    private const int SqliteFull = 13;

    public static bool Is(Exception exception) => exception switch
    {
        IOException => exception.HResult is NoSpaceLeftOnDevice or QuotaExceeded or WindowsDiskFull,
        SqliteException sqlite => sqlite.SqliteErrorCode == SqliteFull,
        DbUpdateException { InnerException: { } inner } => Is(inner),
        _ => false,
    };
}
