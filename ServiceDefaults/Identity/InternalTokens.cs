using System.Security.Claims;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace LlmPlatform.ServiceDefaults.Identity;

/// <summary>
/// Short-lived JWTs (HS256) that say to a service who calls. Two kinds:
/// callers' tokens (roles user and admin; audience <see cref="CallerAudience"/>; a few minutes), and service tokens
/// (role service; the audience is the one gRPC service that it is for; at most 60 s).
/// </summary>
public sealed class InternalTokens
{
    /// <summary>The issuer of every token.</summary>
    public const string Issuer = "llmplatform";

    /// <summary>The audience of callers' tokens.</summary>
    public const string CallerAudience = "llmplatform";

    /// <summary>What audiences of service tokens begin with: the package of the internal gRPC services.</summary>
    public const string ServiceAudiencePrefix = "llmplatform.internal.";

    /// <summary>The life of a caller's token.</summary>
    public static readonly TimeSpan CallerLifetime = TimeSpan.FromMinutes(5);

    /// <summary>The longest life of a service token.</summary>
    public static readonly TimeSpan ServiceLifetime = TimeSpan.FromSeconds(60);

    /// <summary>How far the clocks of two machines may be apart.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(5);

    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false, SetDefaultTimesOnTokenCreation = false };

    private readonly SigningCredentials _credentials;
    private readonly TimeProvider _clock;

    /// <summary>Mints and validates with <paramref name="key"/>.</summary>
    public InternalTokens(SigningKey key, TimeProvider clock)
    {
        _clock = clock;
        _credentials = new SigningCredentials(key.Key, SecurityAlgorithms.HmacSha256);
        ValidationParameters = new TokenValidationParameters
        {
            IssuerSigningKey = key.Key,
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            ValidIssuer = Issuer,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            RequireAudience = true,
            AudienceValidator = ValidateAudience,
            LifetimeValidator = ValidateLifetime,
            NameClaimType = CallerClaims.KeyId,
            RoleClaimType = CallerClaims.Role,
        };
    }

    /// <summary>What the scheme <see cref="AuthenticationSchemes.InternalToken"/> checks.</summary>
    internal TokenValidationParameters ValidationParameters { get; }

    /// <summary>A token for a caller: what the edge makes of an API key and background work of a row's tenant.</summary>
    /// <exception cref="ArgumentException">The caller has the role service: those tokens name their audience, see <see cref="MintForService"/>.</exception>
    public string Mint(CallerIdentity caller)
    {
        if (caller.IsInRole(Roles.Service))
        {
            throw new ArgumentException("a caller's token cannot carry the role service", nameof(caller));
        }

        return Mint(caller.ToClaims(), CallerAudience, CallerLifetime);
    }

    /// <summary>A token for calls of this process to one internal gRPC service.</summary>
    /// <param name="grpcService">The service's full name, for example <c>llmplatform.internal.v1.Identity</c>.</param>
    public string MintForService(string grpcService)
    {
        if (!grpcService.StartsWith(ServiceAudiencePrefix, StringComparison.Ordinal))
        {
            throw new ArgumentException($"got {grpcService}, expected a service of {ServiceAudiencePrefix}*", nameof(grpcService));
        }

        CallerIdentity service = new() { Tenant = Tenants.Platform, Roles = [Roles.Service] };
        return Mint(service.ToClaims(), grpcService, ServiceLifetime);
    }

    /// <summary>The caller of a token, or null when the token is not valid now.</summary>
    public async Task<CallerIdentity?> ValidateAsync(string token)
    {
        TokenValidationResult result = await Handler.ValidateTokenAsync(token, ValidationParameters);
        return result.IsValid && result.SecurityToken is JsonWebToken jwt && IsWellFormed(jwt)
            ? CallerIdentity.FromPrincipal(new ClaimsPrincipal(result.ClaimsIdentity))
            : null;
    }

    /// <summary>
    /// The rules beyond signature, issuer and lifetime: there is a tenant, and the role service comes with an internal
    /// audience and at most 60 s, and only it does.
    /// </summary>
    internal static bool IsWellFormed(JsonWebToken token)
    {
        bool isService = token.Claims.Any(claim => claim is { Type: CallerClaims.Role, Value: Roles.Service });
        bool internalAudience = token.Audiences.All(audience => audience.StartsWith(ServiceAudiencePrefix, StringComparison.Ordinal));
        return token.Claims.Any(claim => claim.Type == CallerClaims.Tenant && claim.Value.Length > 0)
            && isService == internalAudience
            && (!isService || token.ValidTo - token.ValidFrom <= ServiceLifetime);
    }

    private string Mint(IEnumerable<Claim> claims, string audience, TimeSpan lifetime)
    {
        DateTime now = _clock.GetUtcNow().UtcDateTime;
        return Handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = audience,
            Subject = new ClaimsIdentity(claims),
            IssuedAt = now,
            NotBefore = now,
            Expires = now + lifetime,
            SigningCredentials = _credentials,
        });
    }

    private static bool ValidateAudience(IEnumerable<string>? audiences, SecurityToken token, TokenValidationParameters parameters) =>
        audiences is not null && audiences.ToList() is [var audience]
        && (audience == CallerAudience || audience.StartsWith(ServiceAudiencePrefix, StringComparison.Ordinal));

    private bool ValidateLifetime(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters parameters)
    {
        DateTime now = _clock.GetUtcNow().UtcDateTime;
        return notBefore is { } from && expires is { } until && from <= now + ClockSkew && now < until + ClockSkew;
    }
}
