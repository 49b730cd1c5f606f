using Grpc.Core;
using LlmPlatform.ModelService.Blobs;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Identity;

namespace LlmPlatform.ModelService.Data;

/// <summary>Who a caller writes as.</summary>
internal static class WritingTenant
{
    /// <summary>The caller's tenant.</summary>
    /// <exception cref="RpcException">PERMISSION_DENIED for the tenant <c>platform</c>, whose rows only the platform itself writes.</exception>
    public static string GetWritingTenant(this ServerCallContext context)
    {
        string tenant = context.GetCaller().Tenant;
        return tenant == Tenants.Platform || !FolderBlobStore.TenantName().IsMatch(tenant)
            ? throw RpcErrors.PermissionDenied($"tenant {SafeValue.Cut(tenant)} cannot write")
            : tenant;
    }
}
