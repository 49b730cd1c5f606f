using LlmPlatform.ModelService.Rows;
using LlmPlatform.ServiceDefaults.Identity;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.ModelService.Data;

/// <summary>Counts changes of the registry, in the transaction that makes them.</summary>
internal static class RegistryRevisions
{
    public static async Task GrowRevisionAsync(this ModelDbContext context, string tenant, CancellationToken cancellationToken)
    {
        int changed = await context.RegistryRevisions.Where(row => row.Tenant == tenant)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.Revision, row => row.Revision + 1), cancellationToken);
        if (changed == 0)
        {
            context.RegistryRevisions.Add(new RegistryRevisionRow { Tenant = tenant, Revision = 1 });
            await context.SaveChangesAsync(cancellationToken);
        }
    }

    /// <summary>What a tenant can see change: its own models and the platform's.</summary>
    public static Task<long> VisibleRevisionAsync(this ModelDbContext context, string tenant, CancellationToken cancellationToken) =>
        context.RegistryRevisions.Where(row => row.Tenant == tenant || row.Tenant == Tenants.Platform).SumAsync(row => row.Revision, cancellationToken);
}
