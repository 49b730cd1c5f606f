using System.Globalization;
using LlmPlatform.ServiceDefaults.Data;
using LlmPlatform.ServiceDefaults.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LlmPlatform.ServiceDefaults.Tests.Data;

public sealed class PlatformDbContextTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();
    private readonly DataFolder _folder;
    private readonly string _file;

    public PlatformDbContextTests()
    {
        _folder = DataFolder.Open(_temporary.Combine("data"));
        _file = Path.Combine(_folder.Folder("test"), "test.db");
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _folder.Dispose();
        SqliteConnection.ClearAllPools();
        _temporary.Dispose();
    }

    [Fact]
    public async Task Instants_come_back_as_UTC_whatever_kind_they_had()
    {
        DateTime utc = new(2026, 1, 2, 3, 4, 5, 678, DateTimeKind.Utc);
        await using (NotesContext context = await MigratedAsync())
        {
            context.AddRange(
                new Note { Id = "utc", CreatedAt = utc },
                new Note { Id = "local", CreatedAt = utc.ToLocalTime() },
                new Note { Id = "unspecified", CreatedAt = DateTime.SpecifyKind(utc, DateTimeKind.Unspecified) });
            await context.SaveChangesAsync(Ct);
        }

        await using NotesContext other = Open();
        foreach (Note note in await other.Notes.ToListAsync(Ct))
        {
            Assert.Equal(DateTimeKind.Utc, note.CreatedAt.Kind);
            Assert.Equal(utc, note.CreatedAt);
        }

        Assert.Equal(3, await other.Notes.CountAsync(note => note.CreatedAt <= utc, Ct));
        Assert.Equal(0, await other.Notes.CountAsync(note => note.CreatedAt > utc, Ct));
    }

    [Fact]
    public async Task Names_are_snake_case()
    {
        await using NotesContext context = await MigratedAsync();

        Assert.Equal(["created_at", "id", "revision"], await QueryAsync(context, "SELECT name AS \"Value\" FROM pragma_table_info('notes') ORDER BY name"));
        Assert.Contains("ix_notes_created_at", await QueryAsync(context, "SELECT name AS \"Value\" FROM sqlite_master WHERE type = 'index'"));
    }

    [Theory]
    [InlineData("CreatedAt", "created_at")]
    [InlineData("SHA256Hash", "sha256_hash")]
    [InlineData("ModelID", "model_id")]
    [InlineData("already_snake", "already_snake")]
    [InlineData("IX_Notes_CreatedAt", "ix_notes_created_at")]
    public void Snake_case(string name, string expected) => Assert.Equal(expected, SnakeCaseConvention.SnakeCase(name));

    [Fact]
    public async Task The_later_of_two_writers_fails()
    {
        await using NotesContext first = await MigratedAsync();
        first.Add(new Note { Id = "a" });
        await first.SaveChangesAsync(Ct);
        await using NotesContext second = Open();
        Note mine = await first.Notes.SingleAsync(Ct);
        Note theirs = await second.Notes.SingleAsync(Ct);

        mine.CreatedAt = DateTime.UnixEpoch;
        theirs.CreatedAt = DateTime.UnixEpoch.AddDays(1);
        await first.SaveChangesAsync(Ct);

        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => second.SaveChangesAsync(Ct));
        Assert.Equal(2, mine.Revision);
    }

    [Theory]
    [InlineData(SqliteDurability.PowerLoss, 2)]
    [InlineData(SqliteDurability.ProcessCrash, 1)]
    public async Task Every_connection_has_the_platforms_settings(SqliteDurability durability, int synchronous)
    {
        await using NotesContext context = Open(durability);
        await context.Database.OpenConnectionAsync(Ct);

        Assert.Equal("wal", await PragmaAsync(context, "journal_mode"));
        Assert.Equal("10000", await PragmaAsync(context, "busy_timeout"));
        Assert.Equal("1", await PragmaAsync(context, "foreign_keys"));
        Assert.Equal(synchronous.ToString(CultureInfo.InvariantCulture), await PragmaAsync(context, "synchronous"));
    }

    [Fact]
    public async Task A_stale_migration_lock_does_not_stop_the_next_start()
    {
        // As a process leaves it that dies in the midst of a migration.
        await using (NotesContext dying = Open())
        {
            await dying.Database.ExecuteSqlRawAsync(
                """
                CREATE TABLE "__EFMigrationsLock" ("Id" INTEGER NOT NULL CONSTRAINT "PK___EFMigrationsLock" PRIMARY KEY, "Timestamp" TEXT NOT NULL);
                INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-01-01 00:00:00');
                """,
                Ct);
        }

        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        await using NotesContext context = Open();
        await context.MigrateAsync(_folder, limit.Token);

        Assert.Equal(0, await context.Notes.CountAsync(Ct));
        await context.MigrateAsync(_folder, limit.Token);
    }

    private static async Task<List<string>> QueryAsync(NotesContext context, string sql) =>
        await context.Database.SqlQueryRaw<string>(sql).ToListAsync(Ct);

    private static async Task<string> PragmaAsync(NotesContext context, string name)
    {
        await using System.Data.Common.DbCommand command = context.Database.GetDbConnection().CreateCommand();
        command.CommandText = $"PRAGMA {name}";
        return Convert.ToString(await command.ExecuteScalarAsync(Ct), CultureInfo.InvariantCulture)!;
    }

    private async Task<NotesContext> MigratedAsync()
    {
        NotesContext context = Open();
        await context.MigrateAsync(_folder, Ct);
        return context;
    }

    private NotesContext Open(SqliteDurability durability = SqliteDurability.PowerLoss)
    {
        DbContextOptionsBuilder<NotesContext> options = new();
        options.UsePlatformSqlite(_file, durability);
        return new NotesContext(options.Options);
    }
}

internal sealed class Note : IRevisioned
{
    public required string Id { get; set; }

    public DateTime CreatedAt { get; set; }

    public long Revision { get; set; }
}

internal sealed class NotesContext(DbContextOptions<NotesContext> options) : PlatformDbContext(options)
{
    public DbSet<Note> Notes => Set<Note>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Note>().HasIndex(note => note.CreatedAt);
}

[DbContext(typeof(NotesContext))]
[Migration("20260101000000_First")]
internal sealed class FirstMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "notes",
            columns: table => new
            {
                id = table.Column<string>(nullable: false),
                created_at = table.Column<DateTime>(nullable: false),
                revision = table.Column<long>(nullable: false),
            },
            constraints: table => table.PrimaryKey("pk_notes", note => note.id));
        migrationBuilder.CreateIndex("ix_notes_created_at", "notes", "created_at");
    }
}
