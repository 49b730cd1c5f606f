using LlmPlatform.ModelService.Data;
using LlmPlatform.ModelService.Rows;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Identity;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.ModelService.Keys;

/// <summary>
/// Nobody locks themselves out: access without a key ends with the first key, so while there are keys, one of them is an
/// admin key of tenant <c>local</c>, which can make all others.
/// </summary>
internal static class ApiKeyRules
{
    private const string Type = "ADMIN_KEY";

    public static async Task RequireAdminFirstAsync(ModelDbContext context, string tenant, string role, CancellationToken cancellationToken)
    {
        bool isAdmin = tenant == Tenants.Local && role == Roles.Admin;
        if (!isAdmin && !await Admins(context).AnyAsync(cancellationToken))
        {
            throw RpcErrors.FailedPrecondition(
                Type, "keys", "access without a key ends with the first one: make an admin key of tenant local first (role admin)");
        }
    }

    public static async Task RequireNotLastAdminAsync(ModelDbContext context, ApiKeyRow revoked, CancellationToken cancellationToken)
    {
        bool othersAreActive = await context.ApiKeys.AnyAsync(key => key.RevokedAt == null && key.Id != revoked.Id, cancellationToken);
        bool adminStays = await Admins(context).AnyAsync(key => key.Id != revoked.Id, cancellationToken);
        if (othersAreActive && !adminStays)
        {
            throw RpcErrors.FailedPrecondition(
                Type, revoked.Id, $"key {revoked.Id} is the last admin key of tenant local: revoke the other keys first, or make another admin key");
        }
    }

    private static IQueryable<ApiKeyRow> Admins(ModelDbContext context) =>
        context.ApiKeys.Where(key => key.RevokedAt == null && key.Tenant == Tenants.Local && key.Role == Roles.Admin);
}
