namespace LlmPlatform.ServiceDefaults.Identity;

/// <summary>What a caller may do.</summary>
public static class Roles
{
    /// <summary>Uses models and files of its tenant.</summary>
    public const string User = "user";

    /// <summary>Also manages its tenant: API keys.</summary>
    public const string Admin = "admin";

    /// <summary>Another service of the platform. No API key can carry it: such tokens are minted from the signing key only.</summary>
    public const string Service = "service";
}
