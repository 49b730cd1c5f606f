using System.Data;
using LlmPlatform.ModelService.Blobs;
using LlmPlatform.ModelService.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace LlmPlatform.ModelService.Sweeping;

/// <summary>
/// Removes blobs that no row names. One that is found so for the first time stays for a grace period; after it, the sweep
/// looks again inside the transaction in which it deletes. Uploads and registrations commit their row before they count on
/// a blob, and writing transactions come one after the other, so a blob is never taken from under a row.
/// </summary>
internal sealed class BlobSweep(IDbContextFactory<ModelDbContext> contexts, IBlobStore blobs, TimeProvider clock)
{
    private readonly Dictionary<(string Tenant, string Sha256), long> _unneededSince = [];

    /// <summary>One round; gives the number of blobs removed. Not to be run twice at once.</summary>
    public async Task<int> RunAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        int removed = 0;
        HashSet<(string, string)> seen = [];
        foreach ((string tenant, string sha256) blob in blobs.List())
        {
            cancellationToken.ThrowIfCancellationRequested();
            await using ModelDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
            if (await IsNeededAsync(context, blob.tenant, blob.sha256, cancellationToken))
            {
                _unneededSince.Remove(blob);
                continue;
            }

            seen.Add(blob);
            if (!_unneededSince.TryGetValue(blob, out long since))
            {
                since = _unneededSince[blob] = clock.GetTimestamp();
            }

            if (clock.GetElapsedTime(since) >= grace && await RemoveAsync(context, blob.tenant, blob.sha256, cancellationToken))
            {
                _unneededSince.Remove(blob);
                removed++;
            }
        }

        foreach ((string, string) gone in _unneededSince.Keys.Where(blob => !seen.Contains(blob)).ToList())
        {
            _unneededSince.Remove(gone);
        }

        return removed;
    }

    private async Task<bool> RemoveAsync(ModelDbContext context, string tenant, string sha256, CancellationToken cancellationToken)
    {
        // Serializable is BEGIN IMMEDIATE in SQLite: no row can be committed between the look and the deletion.
        await using IDbContextTransaction transaction = await context.Database.BeginTransactionAsync(IsolationLevel.Serializable, cancellationToken);
        if (await IsNeededAsync(context, tenant, sha256, cancellationToken))
        {
            return false;
        }

        blobs.Delete(tenant, sha256);
        await transaction.CommitAsync(CancellationToken.None);
        return true;
    }

    private static async Task<bool> IsNeededAsync(ModelDbContext context, string tenant, string sha256, CancellationToken cancellationToken) =>
        await context.Files.AnyAsync(file => file.Tenant == tenant && file.Sha256 == sha256, cancellationToken)
        || await context.ModelFiles.AnyAsync(file => file.Tenant == tenant && file.Sha256 == sha256, cancellationToken);
}
