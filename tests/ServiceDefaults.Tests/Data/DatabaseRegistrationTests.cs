using LlmPlatform.ServiceDefaults.Data;
using LlmPlatform.ServiceDefaults.Hosting;
using LlmPlatform.ServiceDefaults.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.ServiceDefaults.Tests.Data;

public sealed class DatabaseRegistrationTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_service_gets_its_own_file_and_speaks_of_its_own_context_only()
    {
        await using TestHost host = await TestHost.StartAsync(builder => builder.AddPlatformDatabase<BooksContext, SqliteBooksContext>("library"));
        DataFolder folder = host.Services.GetRequiredService<DataFolder>();

        await using (BooksContext context = await host.Services.GetRequiredService<IDbContextFactory<BooksContext>>().CreateDbContextAsync(Ct))
        {
            await context.MigrateAsync(folder, Ct);
            context.Add(new Book { Title = "a" });
            await context.SaveChangesAsync(Ct);
        }

        await using BooksContext other = host.Services.GetRequiredService<IDbContextFactory<BooksContext>>().CreateDbContext();
        Assert.Equal("a", (await other.Books.SingleAsync(Ct)).Title);
        Assert.True(File.Exists(Path.Combine(folder.FullPath, "library", "library.db")));
        SqliteConnection.ClearAllPools();
    }

    [Fact]
    public async Task A_folder_opened_early_is_closed_with_the_host()
    {
        using TemporaryFolder temporary = new();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Configuration["Platform:DataFolder"] = temporary.Combine("data");
        builder.Configuration["Platform:HttpPort"] = builder.Configuration["Platform:GrpcPort"] = "0";
        builder.AddServiceDefaults("test");
        builder.ListenOnPlatformPorts();
        builder.OpenDataFolder();

        await using (WebApplication app = builder.Build())
        {
            await app.StartAsync(Ct);
            Assert.Throws<DataFolderException>(() => DataFolder.Open(temporary.Combine("data")));
        }

        DataFolder.Open(temporary.Combine("data")).Dispose();
    }
}

internal sealed class Book
{
    public int Id { get; set; }

    public required string Title { get; set; }
}

internal abstract class BooksContext(DbContextOptions options) : PlatformDbContext(options)
{
    public DbSet<Book> Books => Set<Book>();
}

internal sealed class SqliteBooksContext(DbContextOptions<SqliteBooksContext> options) : BooksContext(options);

[DbContext(typeof(SqliteBooksContext))]
[Migration("20260101000000_FirstBooks")]
internal sealed class FirstBooksMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.CreateTable(
        name: "books",
        columns: table => new
        {
            id = table.Column<int>(nullable: false).Annotation("Sqlite:Autoincrement", true),
            title = table.Column<string>(nullable: false),
        },
        constraints: table => table.PrimaryKey("pk_books", book => book.id));
}
