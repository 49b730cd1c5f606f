namespace LlmPlatform.ServiceDefaults.Identity;

/// <summary>Names of the authorization policies; each names its scheme, so endpoints of both kinds live in one process.</summary>
public static class Policies
{
    /// <summary>Services: an internal token of a user or admin, of any tenant.</summary>
    public const string Caller = "Caller";

    /// <summary>Services: an internal token with the role admin.</summary>
    public const string Admin = "Admin";

    /// <summary>Internal services: a token with the role service whose audience is the gRPC service called.</summary>
    public const string Service = "Service";

    /// <summary>The gateway: any caller that the edge accepts.</summary>
    public const string Edge = "Edge";

    /// <summary>The gateway: a caller that the edge accepts, with the role admin.</summary>
    public const string EdgeAdmin = "EdgeAdmin";
}
