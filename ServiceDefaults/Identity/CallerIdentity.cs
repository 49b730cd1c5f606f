using System.Security.Claims;

namespace LlmPlatform.ServiceDefaults.Identity;

/// <summary>Who calls. The tenant comes from the key or token, never from a request's fields.</summary>
public sealed record CallerIdentity
{
    /// <summary>The owner of everything the caller makes.</summary>
    public required string Tenant { get; init; }

    /// <summary>Of <see cref="Identity.Roles"/>.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>The groups that access lists name.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>The API key that was used; null for callers without one.</summary>
    public string? KeyId { get; init; }

    /// <summary>Whether the caller has the role.</summary>
    public bool IsInRole(string role) => Roles.Contains(role, StringComparer.Ordinal);

    /// <summary>A user of a tenant: what background work for a row acts as.</summary>
    public static CallerIdentity User(string tenant, params string[] groups) =>
        new() { Tenant = tenant, Roles = [Identity.Roles.User], Groups = groups };

    /// <summary>The caller of an authenticated principal, or null when it has no tenant.</summary>
    public static CallerIdentity? FromPrincipal(ClaimsPrincipal principal)
    {
        string? tenant = principal.FindFirstValue(CallerClaims.Tenant);
        return tenant is null ? null : new CallerIdentity
        {
            Tenant = tenant,
            Roles = [.. principal.FindAll(CallerClaims.Role).Select(claim => claim.Value)],
            Groups = [.. principal.FindAll(CallerClaims.Group).Select(claim => claim.Value)],
            KeyId = principal.FindFirstValue(CallerClaims.KeyId),
        };
    }

    internal IEnumerable<Claim> ToClaims()
    {
        yield return new Claim(CallerClaims.Tenant, Tenant);
        foreach (string role in Roles)
        {
            yield return new Claim(CallerClaims.Role, role);
        }

        foreach (string group in Groups)
        {
            yield return new Claim(CallerClaims.Group, group);
        }

        if (KeyId is not null)
        {
            yield return new Claim(CallerClaims.KeyId, KeyId);
        }
    }

    internal ClaimsPrincipal ToPrincipal(string scheme) =>
        new(new ClaimsIdentity(ToClaims(), scheme, nameType: CallerClaims.KeyId, roleType: CallerClaims.Role));
}
