using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;

namespace LlmPlatform.ServiceDefaults.Identity;

/// <summary>A service token is good for the one gRPC service that it names as its audience.</summary>
internal sealed class ServiceAudienceRequirement : AuthorizationHandler<ServiceAudienceRequirement>, IAuthorizationRequirement
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ServiceAudienceRequirement requirement)
    {
        // A gRPC call's path is /package.Service/Method.
        if (context.Resource is HttpContext http
            && context.User.FindFirst(JwtRegisteredClaimNames.Aud)?.Value is { } audience
            && http.Request.Path.StartsWithSegments("/" + audience, StringComparison.Ordinal))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}
