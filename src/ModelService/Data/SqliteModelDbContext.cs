using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace LlmPlatform.ModelService.Data;

/// <summary>The rows in a SQLite file; its migrations are in <c>Migrations</c>.</summary>
internal sealed class SqliteModelDbContext(DbContextOptions<SqliteModelDbContext> options) : ModelDbContext(options);

/// <summary>What <c>dotnet ef migrations add NAME --project src/ModelService</c> uses.</summary>
internal sealed class SqliteModelDbContextFactory : IDesignTimeDbContextFactory<SqliteModelDbContext>
{
    public SqliteModelDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteModelDbContext>().UseSqlite("Data Source=design.db").Options);
}
