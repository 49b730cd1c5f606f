using Microsoft.AspNetCore.Authentication;

namespace LlmPlatform.ServiceDefaults.Identity;

/// <summary>Options of the scheme <see cref="AuthenticationSchemes.Edge"/>.</summary>
public sealed class EdgeAuthenticationOptions : AuthenticationSchemeOptions
{
    /// <summary>The configuration key of <see cref="RequireKey"/>.</summary>
    public const string RequireKeyConfigurationKey = "Platform:RequireKey";

    /// <summary>Whether calls without a key are refused even on loopback and with no key in existence.</summary>
    public bool RequireKey { get; set; }
}
