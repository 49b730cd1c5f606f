namespace LlmPlatform.ServiceDefaults.Identity;

/// <summary>Names of the claims in internal tokens.</summary>
internal static class CallerClaims
{
    public const string Tenant = "tenant";
    public const string Role = "role";
    public const string Group = "group";
    public const string KeyId = "key_id";
}
