using Grpc.Core;
using LlmPlatform.ServiceDefaults.Data;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Grpc;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.IdentityModel.JsonWebTokens;

namespace LlmPlatform.ServiceDefaults.Identity;

/// <summary>Registration of who calls and what they may do.</summary>
public static class IdentityExtensions
{
    /// <summary>
    /// The gateway's scheme <see cref="AuthenticationSchemes.Edge"/>: API keys, resolved by ModelService, and keyless
    /// loopback.
    /// </summary>
    public static IHostApplicationBuilder AddEdgeAuthentication(this IHostApplicationBuilder builder)
    {
        builder.AddPlatformClient<Contracts.Internal.V1.Identity.IdentityClient>("models", "ResolveKey");
        builder.Services.TryAddSingleton<IKeyResolver, KeyResolver>();
        builder.Services.AddAuthentication().AddScheme<EdgeAuthenticationOptions, EdgeAuthenticationHandler>(
            AuthenticationSchemes.Edge,
            options => options.RequireKey = builder.Configuration.GetValue<bool>(EdgeAuthenticationOptions.RequireKeyConfigurationKey));
        builder.Services.AddAuthorizationBuilder()
            .AddPolicy(Policies.Edge, policy => policy
                .AddAuthenticationSchemes(AuthenticationSchemes.Edge)
                .RequireRole(Roles.User, Roles.Admin))
            .AddPolicy(Policies.EdgeAdmin, policy => policy
                .AddAuthenticationSchemes(AuthenticationSchemes.Edge)
                .RequireRole(Roles.Admin));
        return builder;
    }

    internal static void AddInternalIdentity(this IHostApplicationBuilder builder)
    {
        IServiceCollection services = builder.Services;
        services.AddHttpContextAccessor();
        services.TryAddSingleton(provider => SigningKey.FromConfiguration(provider.GetRequiredService<IConfiguration>())
            ?? SigningKey.FromFolder(provider.GetRequiredService<DataFolder>()));
        services.TryAddSingleton<InternalTokens>();
        services.TryAddSingleton<ICallerTokens, CallerTokens>();
        services.TryAddSingleton<CallerTokenInterceptor>();

        services.AddAuthentication().AddJwtBearer(AuthenticationSchemes.InternalToken);
        services.AddOptions<JwtBearerOptions>(AuthenticationSchemes.InternalToken).Configure<InternalTokens>(Configure);
        services.AddAuthorizationBuilder()
            .AddPolicy(Policies.Caller, policy => policy
                .AddAuthenticationSchemes(AuthenticationSchemes.InternalToken)
                .RequireRole(Roles.User, Roles.Admin))
            .AddPolicy(Policies.Admin, policy => policy
                .AddAuthenticationSchemes(AuthenticationSchemes.InternalToken)
                .RequireRole(Roles.Admin))
            .AddPolicy(Policies.Service, policy => policy
                .AddAuthenticationSchemes(AuthenticationSchemes.InternalToken)
                .RequireRole(Roles.Service)
                .AddRequirements(new ServiceAudienceRequirement()));
    }

    private static void Configure(JwtBearerOptions options, InternalTokens tokens)
    {
        options.MapInboundClaims = false;
        options.TokenValidationParameters = tokens.ValidationParameters;
        options.Events = new JwtBearerEvents
        {
            OnTokenValidated = context =>
            {
                if (context.SecurityToken is JsonWebToken token && InternalTokens.IsWellFormed(token)
                    && CallerIdentity.FromPrincipal(context.Principal!) is { } caller)
                {
                    // A service token is good for one service and is not forwarded.
                    if (!caller.IsInRole(Roles.Service))
                    {
                        context.HttpContext.Features.Set(new CallerTokenFeature(caller, () => token.EncodedToken));
                    }
                }
                else
                {
                    context.Fail("the token breaks the rules of internal tokens");
                }

                return Task.CompletedTask;
            },
            OnChallenge = async context =>
            {
                context.HandleResponse();
                await WriteAsync(context.HttpContext, RpcErrors.Unauthenticated("a valid internal token is needed"));
            },
            OnForbidden = context => WriteAsync(context.HttpContext, RpcErrors.PermissionDenied("the caller's role does not allow this call")),
        };
    }

    private static Task WriteAsync(HttpContext context, RpcException error) => EdgeErrors.WriteAsync(context, error, "internal_token");
}
