namespace LlmPlatform.ServiceDefaults.Identity;

/// <summary>Names of the authentication schemes.</summary>
public static class AuthenticationSchemes
{
    /// <summary>Services: <c>authorization: Bearer</c> with a token of <see cref="InternalTokens"/>.</summary>
    public const string InternalToken = "InternalToken";

    /// <summary>The gateway: an API key, or none on loopback.</summary>
    public const string Edge = "Edge";
}
