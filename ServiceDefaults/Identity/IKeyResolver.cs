using Grpc.Core;

namespace LlmPlatform.ServiceDefaults.Identity;

/// <summary>Resolves API keys at the edge.</summary>
public interface IKeyResolver
{
    /// <summary>
    /// The caller of an API key, or null when there is no such key. Answers are kept for 30 s, so a revoked key works
    /// at most that much longer; refusals are not kept.
    /// </summary>
    /// <exception cref="RpcException">The service that owns the keys could not be asked.</exception>
    Task<CallerIdentity?> ResolveAsync(string secret, CancellationToken cancellationToken);

    /// <summary>
    /// The caller that requests without a key are, or null when keys exist and one is needed. Never kept: the first key
    /// ends keyless calls at once.
    /// </summary>
    /// <exception cref="RpcException">The service that owns the keys could not be asked.</exception>
    Task<CallerIdentity?> ResolveKeylessAsync(CancellationToken cancellationToken);
}
