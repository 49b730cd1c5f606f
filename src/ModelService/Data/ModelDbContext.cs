using LlmPlatform.ModelService.Rows;
using LlmPlatform.ServiceDefaults.Data;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.ModelService.Data;

/// <summary>The rows of this service; a context per provider is derived from it.</summary>
internal abstract class ModelDbContext(DbContextOptions options) : PlatformDbContext(options)
{
    public DbSet<FileRow> Files => Set<FileRow>();

    public DbSet<ModelVersionRow> ModelVersions => Set<ModelVersionRow>();

    public DbSet<ModelFileRow> ModelFiles => Set<ModelFileRow>();

    public DbSet<AliasRow> Aliases => Set<AliasRow>();

    public DbSet<VersionHolderRow> VersionHolders => Set<VersionHolderRow>();

    public DbSet<ApiKeyRow> ApiKeys => Set<ApiKeyRow>();

    public DbSet<RegistryRevisionRow> RegistryRevisions => Set<RegistryRevisionRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<FileRow>(file =>
        {
            file.HasKey(row => row.Sequence);
            file.Property(row => row.Id).IsRequired();
            file.HasIndex(row => row.Id).IsUnique();
            file.HasIndex(row => new { row.Tenant, row.Sha256 });
            file.HasIndex(row => new { row.Tenant, row.RequestId }).IsUnique();
        });
        modelBuilder.Entity<ModelVersionRow>(version =>
        {
            version.HasKey(row => row.Sequence);
            version.HasIndex(row => new { row.Tenant, row.Name, row.Version }).IsUnique();
            version.HasIndex(row => new { row.Tenant, row.RequestId }).IsUnique();
            version.HasIndex(row => new { row.BaseTenant, row.BaseName, row.BaseVersion });
            version.HasMany(row => row.Files).WithOne().HasForeignKey(file => file.ModelVersionSequence).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<ModelFileRow>(file =>
        {
            file.HasKey(row => new { row.ModelVersionSequence, row.Path });
            file.HasIndex(row => new { row.Tenant, row.Sha256 });
        });
        modelBuilder.Entity<AliasRow>().HasKey(row => new { row.Tenant, row.Name, row.Alias });
        modelBuilder.Entity<VersionHolderRow>(holder =>
        {
            holder.HasKey(row => new { row.HolderTenant, row.Kind, row.HolderId });
            holder.HasIndex(row => new { row.Tenant, row.Name, row.Version });
        });
        modelBuilder.Entity<ApiKeyRow>(key =>
        {
            key.HasKey(row => row.Sequence);
            key.Property(row => row.Id).IsRequired();
            key.HasIndex(row => row.Id).IsUnique();
            key.HasIndex(row => row.SecretHash).IsUnique();
        });
        modelBuilder.Entity<RegistryRevisionRow>().HasKey(row => row.Tenant);
    }
}
