using Microsoft.AspNetCore.Http;

namespace LlmPlatform.ServiceDefaults.Health;

/// <summary>Where health is asked for.</summary>
internal static class HealthPaths
{
    /// <summary>The process is up.</summary>
    public const string Alive = "/alive";

    /// <summary>The process wants work.</summary>
    public const string Ready = "/health";

    private const string GrpcHealth = "/grpc.health.v1.Health";

    public static bool IsHealth(PathString path) =>
        path.StartsWithSegments(Ready) || path.StartsWithSegments(Alive) || path.StartsWithSegments(GrpcHealth);
}
