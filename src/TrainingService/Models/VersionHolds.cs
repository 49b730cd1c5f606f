using Grpc.Core;
using LlmPlatform.Contracts.Internal.V1;
using LlmPlatform.ServiceDefaults.Identity;
using RegistryClient = LlmPlatform.Contracts.Internal.V1.Registry.RegistryClient;

namespace LlmPlatform.TrainingService.Models;

/// <summary>Tells the registry which versions jobs need, so that nobody deletes them.</summary>
internal sealed class VersionHolds(RegistryClient registry, InternalTokens tokens)
{
    private const string Kind = "job";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Holds the base of a job, and its teacher where it has one. May be done again.</summary>
    /// <exception cref="RpcException">NOT_FOUND: one of them is gone.</exception>
    public async Task HoldAsync(string tenant, string jobId, string baseVersion, string? teacher, CancellationToken cancellationToken)
    {
        await HoldOneAsync(tenant, jobId, baseVersion, cancellationToken);
        if (!string.IsNullOrEmpty(teacher))
        {
            await HoldOneAsync(tenant, Teacher(jobId), teacher, cancellationToken);
        }
    }

    public async Task ReleaseAsync(string tenant, string jobId, CancellationToken cancellationToken)
    {
        foreach (string holder in new[] { jobId, Teacher(jobId) })
        {
            await registry.ReleaseVersionAsync(
                new ReleaseVersionRequest { Holder = new VersionHolder { Tenant = tenant, Kind = Kind, Id = holder } },
                Headers(), DateTime.UtcNow + Limit, cancellationToken);
        }
    }

    private static string Teacher(string jobId) => jobId + "/teacher";

    private async Task HoldOneAsync(string tenant, string holder, string reference, CancellationToken cancellationToken)
    {
        string[] parts = reference.Split('@', 2);
        await registry.HoldVersionAsync(
            new HoldVersionRequest { Name = parts[0], Version = parts[1], Holder = new VersionHolder { Tenant = tenant, Kind = Kind, Id = holder } },
            Headers(), DateTime.UtcNow + Limit, cancellationToken);
    }

    private Metadata Headers() => new() { { "authorization", $"Bearer {tokens.MintForService(Registry.Descriptor.FullName)}" } };
}
