using System.Text.RegularExpressions;

namespace LlmPlatform.ServiceDefaults.Identity;

/// <summary>Tenants with a meaning of their own.</summary>
public static partial class Tenants
{
    /// <summary>Callers on loopback without a key.</summary>
    public const string Local = "local";

    /// <summary>The owner of what everybody may read and nobody may write.</summary>
    public const string Platform = "platform";

    /// <summary>What a tenant may be called: 1 to 63 of a-z, 0-9 and -, not beginning with -.</summary>
    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,62}\\z")]
    public static partial Regex Name();
}
