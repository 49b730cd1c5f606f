using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LlmPlatform.ServiceDefaults.Data;

/// <summary>Databases of services.</summary>
public static class DatabaseExtensions
{
    /// <summary>Uses a SQLite file with the platform's settings: WAL, busy timeout, foreign keys, durability.</summary>
    public static DbContextOptionsBuilder UsePlatformSqlite(
        this DbContextOptionsBuilder options, string path, SqliteDurability durability = SqliteDurability.PowerLoss)
    {
        SqliteConnectionStringBuilder connection = new() { DataSource = path, DefaultTimeout = 30 };
        return options.UseSqlite(connection.ToString()).AddInterceptors(new SqliteConnectionSettings(durability));
    }

    /// <summary>
    /// Registers the database of a service, <c>DATA_FOLDER/NAME/NAME.db</c>: an
    /// <see cref="IDbContextFactory{TContext}"/> of <typeparamref name="TContext"/>, which makes
    /// <typeparamref name="TSqlite"/>s.
    /// </summary>
    /// <typeparam name="TContext">The service's context.</typeparam>
    /// <typeparam name="TSqlite">The one derived from it for SQLite, with its migrations; it takes <c>DbContextOptions&lt;TSqlite&gt;</c>.</typeparam>
    public static IHostApplicationBuilder AddPlatformDatabase<TContext, TSqlite>(
        this IHostApplicationBuilder builder, string service, SqliteDurability durability = SqliteDurability.PowerLoss)
        where TContext : PlatformDbContext
        where TSqlite : TContext
    {
        builder.Services.AddDbContextFactory<TSqlite>((provider, options) =>
            options.UsePlatformSqlite(Path.Combine(provider.GetRequiredService<DataFolder>().Folder(service), service + ".db"), durability));
        builder.Services.AddSingleton<IDbContextFactory<TContext>, ContextFactory<TContext, TSqlite>>();
        return builder;
    }

    /// <summary>
    /// Applies the migrations that are missing. A process that died in the midst of a migration leaves EF Core's lock
    /// row behind, for which the next one would wait without end; holding the data folder, we know it to be stale.
    /// </summary>
    /// <param name="context">The database.</param>
    /// <param name="folder">The folder that the database lies in: proof that nobody else migrates it.</param>
    /// <param name="cancellationToken">Ends the work between two commands.</param>
    public static async Task MigrateAsync(this PlatformDbContext context, DataFolder folder, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        bool locked = await context.Database
            .SqlQueryRaw<long>("SELECT COUNT(*) AS \"Value\" FROM sqlite_master WHERE type = 'table' AND name = '__EFMigrationsLock'")
            .SingleAsync(cancellationToken) > 0;
        if (locked)
        {
            await context.Database.ExecuteSqlRawAsync("DELETE FROM \"__EFMigrationsLock\"", cancellationToken);
        }

        await context.Database.MigrateAsync(cancellationToken);
    }

    private sealed class ContextFactory<TContext, TSqlite>(IDbContextFactory<TSqlite> factory) : IDbContextFactory<TContext>
        where TContext : DbContext
        where TSqlite : TContext
    {
        public TContext CreateDbContext() => factory.CreateDbContext();
    }
}
