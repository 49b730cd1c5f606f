using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace LlmPlatform.RetrievalService.Data;

/// <summary>The rows in a SQLite file; its migrations are in <c>Migrations</c>.</summary>
internal sealed class SqliteRetrievalDbContext(DbContextOptions<SqliteRetrievalDbContext> options) : RetrievalDbContext(options);

/// <summary>What <c>dotnet ef migrations add NAME --project src/RetrievalService</c> uses.</summary>
internal sealed class SqliteRetrievalDbContextFactory : IDesignTimeDbContextFactory<SqliteRetrievalDbContext>
{
    public SqliteRetrievalDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteRetrievalDbContext>().UseSqlite("Data Source=design.db").Options);
}
