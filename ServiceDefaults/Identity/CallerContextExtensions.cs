using Grpc.Core;
using LlmPlatform.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.ServiceDefaults.Identity;

/// <summary>The caller of the request at hand.</summary>
public static class CallerContextExtensions
{
    /// <summary>The authenticated caller of a gRPC call.</summary>
    /// <exception cref="RpcException">UNAUTHENTICATED when the endpoint lets anonymous callers in and this is one.</exception>
    public static CallerIdentity GetCaller(this ServerCallContext context) => context.GetHttpContext().GetCaller();

    /// <summary>The authenticated caller of an HTTP request.</summary>
    /// <exception cref="RpcException">UNAUTHENTICATED when the endpoint lets anonymous callers in and this is one.</exception>
    public static CallerIdentity GetCaller(this HttpContext context) =>
        CallerIdentity.FromPrincipal(context.User) ?? throw RpcErrors.Unauthenticated("the call has no caller");
}
