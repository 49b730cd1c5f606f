using Grpc.Core;
using LlmPlatform.ServiceDefaults.Errors;

namespace LlmPlatform.ServiceDefaults.Identity;

/// <summary>Who a caller writes as.</summary>
public static class WritingTenant
{
    /// <summary>The caller's tenant.</summary>
    /// <exception cref="RpcException">PERMISSION_DENIED for the tenant <c>platform</c>, whose rows only the platform itself writes.</exception>
    public static string GetWritingTenant(this ServerCallContext context)
    {
        string tenant = context.GetCaller().Tenant;
        return tenant == Tenants.Platform || !Tenants.Name().IsMatch(tenant)
            ? throw RpcErrors.PermissionDenied($"tenant {SafeValue.Cut(tenant)} cannot write")
            : tenant;
    }
}
