using Grpc.Core;

namespace LlmPlatform.ServiceDefaults.Tests.Support;

internal static class Calls
{
    /// <summary>Headers with a bearer token.</summary>
    public static Metadata Bearer(string token) => new() { { "authorization", $"Bearer {token}" } };
}
