using LlmPlatform.ServiceDefaults.Data;
using LlmPlatform.TrainingService.Rows;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.TrainingService.Data;

/// <summary>The rows of this service; a context per provider is derived from it.</summary>
internal abstract class TrainingDbContext(DbContextOptions options) : PlatformDbContext(options)
{
    public DbSet<JobRow> Jobs => Set<JobRow>();

    public DbSet<EventRow> Events => Set<EventRow>();

    public DbSet<CheckpointRow> Checkpoints => Set<CheckpointRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<JobRow>(job =>
        {
            job.HasKey(row => row.Sequence);

            // Every saved change says WHERE lease_epoch = the one that was read.
            job.Property(row => row.LeaseEpoch).IsConcurrencyToken();
            job.HasIndex(row => row.Id).IsUnique();
            job.HasIndex(row => new { row.Tenant, row.RequestId }).IsUnique();
            job.HasIndex(row => new { row.Status, row.QueuedAt });
        });
        modelBuilder.Entity<EventRow>(happened =>
        {
            happened.HasKey(row => row.Cursor);
            happened.HasIndex(row => new { row.JobId, row.Cursor });
        });
        modelBuilder.Entity<CheckpointRow>(checkpoint =>
        {
            checkpoint.HasKey(row => row.Sequence);
            checkpoint.HasIndex(row => new { row.JobId, row.Step }).IsUnique();
        });
    }
}
