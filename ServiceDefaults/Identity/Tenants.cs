namespace LlmPlatform.ServiceDefaults.Identity;

/// <summary>Tenants with a meaning of their own.</summary>
public static class Tenants
{
    /// <summary>Callers on loopback without a key.</summary>
    public const string Local = "local";

    /// <summary>The owner of what everybody may read and nobody may write.</summary>
    public const string Platform = "platform";
}
