using Grpc.Core;

namespace LlmPlatform.ServiceDefaults.Models;

/// <summary>Models as folders on this process's disk.</summary>
public interface IModelCache
{
    /// <summary>
    /// Asks the registry, as the caller, what <paramref name="model"/> is (so a model of another tenant is not found even
    /// when its files are here), and brings the version's files here unless they are already.
    /// </summary>
    /// <param name="model"><c>name</c>, <c>name@version</c> or <c>name@alias</c>.</param>
    /// <param name="cancellationToken">Ends the wait; the download goes on while somebody else waits for it.</param>
    /// <exception cref="RpcException">
    /// What the registry answered (NOT_FOUND, ...); DATA_LOSS when the bytes that arrive are not those of the version;
    /// UNAVAILABLE when the download breaks again and again; FAILED_PRECONDITION when the model does not fit into the cache.
    /// </exception>
    Task<CachedModel> GetAsync(string model, CancellationToken cancellationToken);
}
