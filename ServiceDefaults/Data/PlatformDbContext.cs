using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace LlmPlatform.ServiceDefaults.Data;

/// <summary>
/// The base of every service's context: instants are UTC, names are snake_case, <see cref="IRevisioned"/> rows have
/// optimistic concurrency. A service derives its context from it, and from that one a context per provider with its own
/// migrations.
/// </summary>
public abstract class PlatformDbContext(DbContextOptions options) : DbContext(options)
{
    /// <inheritdoc />
    public override int SaveChanges(bool acceptAllChangesOnSuccess)
    {
        GrowRevisions();
        return base.SaveChanges(acceptAllChangesOnSuccess);
    }

    /// <inheritdoc />
    public override Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        GrowRevisions();
        return base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    /// <inheritdoc />
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<DateTime>().HaveConversion<UtcDateTimeConverter>();
        configurationBuilder.Conventions.Add(_ => new RevisionConvention());
        configurationBuilder.Conventions.Add(_ => new SnakeCaseConvention());
    }

    private void GrowRevisions()
    {
        foreach (EntityEntry<IRevisioned> entry in ChangeTracker.Entries<IRevisioned>())
        {
            if (entry.State is EntityState.Added or EntityState.Modified)
            {
                entry.Entity.Revision++;
            }
        }
    }
}
