namespace LlmPlatform.ServiceDefaults.Grpc;

/// <summary>Limits that servers and clients of the platform agree on.</summary>
public static class PlatformGrpc
{
    /// <summary>
    /// The longest message: 4 MiB by design (bulk goes in streams of chunks of 1 MiB), and 64 KiB for what surrounds
    /// the payload.
    /// </summary>
    public const int MaxMessageBytes = (4 << 20) + (64 << 10);
}
