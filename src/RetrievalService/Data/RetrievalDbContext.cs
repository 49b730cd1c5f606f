using LlmPlatform.RetrievalService.Rows;
using LlmPlatform.ServiceDefaults.Data;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.RetrievalService.Data;

/// <summary>The rows of this service; a context per provider is derived from it.</summary>
internal abstract class RetrievalDbContext(DbContextOptions options) : PlatformDbContext(options)
{
    public DbSet<CollectionRow> Collections => Set<CollectionRow>();

    public DbSet<DocumentRow> Documents => Set<DocumentRow>();

    public DbSet<DocumentTextRow> DocumentTexts => Set<DocumentTextRow>();

    public DbSet<IngestRequestRow> IngestRequests => Set<IngestRequestRow>();

    public DbSet<ChoreRow> Chores => Set<ChoreRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<CollectionRow>(collection =>
        {
            collection.HasKey(row => row.Sequence);
            collection.HasIndex(row => row.Id).IsUnique();
            collection.HasIndex(row => new { row.Tenant, row.RequestId }).IsUnique();
            collection.Ignore(row => row.Encoder);
            collection.Ignore(row => row.NextEncoder);
            collection.Ignore(row => row.IndexName);
        });
        modelBuilder.Entity<DocumentRow>(document =>
        {
            document.HasKey(row => row.Sequence);

            // Every saved change says WHERE lease_epoch = the one that was read.
            document.Property(row => row.LeaseEpoch).IsConcurrencyToken();
            document.HasIndex(row => row.Id).IsUnique();
            document.HasIndex(row => new { row.CollectionId, row.Status });
            document.HasIndex(row => new { row.CollectionId, row.FileId });
            document.HasIndex(row => new { row.CollectionId, row.BatchId });
            document.HasIndex(row => new { row.Status, row.QueuedAt });
        });
        modelBuilder.Entity<DocumentTextRow>().HasKey(row => new { row.DocumentId, row.Revision, row.Part });
        modelBuilder.Entity<IngestRequestRow>(request =>
        {
            request.HasKey(row => new { row.Tenant, row.RequestId });
            request.HasIndex(row => row.DocumentId);
        });
        modelBuilder.Entity<ChoreRow>().HasKey(row => row.Sequence);
    }
}
