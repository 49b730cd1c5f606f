using Grpc.Core;
using LlmPlatform.RetrievalService.Data;
using LlmPlatform.RetrievalService.Rows;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Identity;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.RetrievalService.Collections;

/// <summary>Finds collections for callers: their tenant's, and to read, the platform's.</summary>
internal static class CollectionLookup
{
    public static IQueryable<CollectionRow> VisibleTo(this IQueryable<CollectionRow> rows, string tenant) =>
        rows.Where(row => row.Tenant == tenant || row.Tenant == Tenants.Platform);

    /// <summary>A collection to read.</summary>
    /// <exception cref="RpcException">NOT_FOUND.</exception>
    public static async Task<CollectionRow> ReadableAsync(this RetrievalDbContext context, string id, CallerIdentity caller, CancellationToken cancellationToken) =>
        await context.Collections.AsNoTracking().VisibleTo(caller.Tenant).SingleOrDefaultAsync(row => row.Id == id, cancellationToken)
        ?? throw RpcErrors.NotFound("collection", id);

    /// <summary>A collection to write.</summary>
    /// <exception cref="RpcException">NOT_FOUND; PERMISSION_DENIED for the platform's.</exception>
    public static async Task<CollectionRow> WritableAsync(this RetrievalDbContext context, string id, string tenant, CancellationToken cancellationToken)
    {
        CollectionRow? row = await context.Collections.AsNoTracking().VisibleTo(tenant).SingleOrDefaultAsync(one => one.Id == id, cancellationToken);
        return row is null ? throw RpcErrors.NotFound("collection", id)
            : row.Tenant == tenant ? row
            : throw RpcErrors.PermissionDenied($"collection {SafeValue.Cut(id)} is the platform's, which tenant {tenant} cannot write");
    }
}
