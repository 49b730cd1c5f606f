using System.Text.Encodings.Web;
using Grpc.Core;
using LlmPlatform.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LlmPlatform.ServiceDefaults.Identity;

/// <summary>
/// The edge: <c>Authorization: Bearer KEY</c> or <c>x-api-key: KEY</c>, or no key where <see cref="KeylessRules"/> allow
/// it and the owner of the keys says that none exists. An accepted caller gets an internal token for the calls behind.
/// <para>
/// OpenAI's clients insist on some key. A text that has not our keys' form is therefore treated as no key; one that has
/// it must be a valid key.
/// </para>
/// </summary>
internal sealed class EdgeAuthenticationHandler(
    IOptionsMonitor<EdgeAuthenticationOptions> options,
    ILoggerFactory logging,
    UrlEncoder encoder,
    IKeyResolver resolver,
    InternalTokens tokens) : AuthenticationHandler<EdgeAuthenticationOptions>(options, logging, encoder)
{
    private const string ApiKeyHeader = "x-api-key";
    private const string Bearer = "Bearer ";

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private RpcException? _unavailable;
    private string _refusal = "an API key is needed";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        string? secret = PresentedSecret();
        try
        {
            CallerIdentity? caller = secret is not null && secret.StartsWith(ApiKeySecret.Prefix, StringComparison.Ordinal)
                ? await ResolveKeyAsync(secret)
                : await ResolveKeylessAsync(secret is not null);
            if (caller is null)
            {
                return AuthenticateResult.Fail(_refusal);
            }

            Context.Features.Set(new CallerTokenFeature(caller, () => tokens.Mint(caller)));
            return AuthenticateResult.Success(new AuthenticationTicket(caller.ToPrincipal(Scheme.Name), Scheme.Name));
        }
        catch (RpcException) when (Context.RequestAborted.IsCancellationRequested)
        {
            return AuthenticateResult.Fail("the caller went away");
        }
        catch (RpcException error)
        {
            // Not the caller's fault: the owner of the keys cannot be asked. The challenge says so.
            Logger.LogWarning(error, "API keys cannot be resolved now");
            _unavailable = error;
            return AuthenticateResult.Fail("API keys cannot be resolved now");
        }
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => _unavailable is null
        ? EdgeErrors.WriteAsync(Context, RpcErrors.Unauthenticated(_refusal), "invalid_api_key")
        : EdgeErrors.WriteAsync(Context, RpcErrors.Unavailable("API keys cannot be resolved now", RetryAfter), "service_unavailable");

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        EdgeErrors.WriteAsync(Context, RpcErrors.PermissionDenied("the API key's role does not allow this"), "permission_denied");

    private async Task<CallerIdentity?> ResolveKeyAsync(string secret)
    {
        CallerIdentity? caller = secret.Length <= ApiKeySecret.MaxLength ? await resolver.ResolveAsync(secret, Context.RequestAborted) : null;
        _refusal = "the API key is not valid";
        return caller;
    }

    private async Task<CallerIdentity?> ResolveKeylessAsync(bool somethingPresented)
    {
        string presented = somethingPresented ? "what was sent is not an API key of this platform, and " : "an API key is needed: ";
        if (Options.RequireKey)
        {
            _refusal = presented + $"{EdgeAuthenticationOptions.RequireKeyConfigurationKey} is set";
            return null;
        }

        if (KeylessRules.WhyKeyIsNeeded(Context) is { } why)
        {
            _refusal = presented + why;
            return null;
        }

        _refusal = presented + "API keys exist";
        return await resolver.ResolveKeylessAsync(Context.RequestAborted);
    }

    /// <summary>What the request presents as its key: null for nothing at all.</summary>
    private string? PresentedSecret()
    {
        string? authorization = Request.Headers.Authorization.FirstOrDefault();
        if (authorization is not null)
        {
            return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..].Trim() : authorization;
        }

        return Request.Headers[ApiKeyHeader].FirstOrDefault()?.Trim();
    }
}
