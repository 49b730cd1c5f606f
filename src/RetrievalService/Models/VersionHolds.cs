using Grpc.Core;
using LlmPlatform.Contracts.Internal.V1;
using LlmPlatform.ServiceDefaults.Identity;
using RegistryClient = LlmPlatform.Contracts.Internal.V1.Registry.RegistryClient;

namespace LlmPlatform.RetrievalService.Models;

/// <summary>Tells the registry which versions collections need, so that nobody deletes them.</summary>
internal sealed class VersionHolds(RegistryClient registry, InternalTokens tokens)
{
    private const string Kind = "collection";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Holds the encoder that a collection is pinned to, in place of the one held before.</summary>
    public Task HoldAsync(string tenant, string collectionId, Encoder encoder, CancellationToken cancellationToken) =>
        HoldAsync(tenant, encoder, collectionId, cancellationToken);

    /// <summary>Holds the encoder that a collection is about to change to, beside the present one.</summary>
    public Task HoldNextAsync(string tenant, string collectionId, Encoder encoder, CancellationToken cancellationToken) =>
        HoldAsync(tenant, encoder, Next(collectionId), cancellationToken);

    public Task ReleaseAsync(string tenant, string collectionId, CancellationToken cancellationToken) =>
        ReleaseHolderAsync(tenant, collectionId, cancellationToken);

    public Task ReleaseNextAsync(string tenant, string collectionId, CancellationToken cancellationToken) =>
        ReleaseHolderAsync(tenant, Next(collectionId), cancellationToken);

    private static string Next(string collectionId) => collectionId + "/next";

    private async Task HoldAsync(string tenant, Encoder encoder, string holder, CancellationToken cancellationToken) => await registry.HoldVersionAsync(
        new HoldVersionRequest
        {
            Name = encoder.Model,
            Version = encoder.Version,
            Holder = new VersionHolder { Tenant = tenant, Kind = Kind, Id = holder },
        },
        Headers(), DateTime.UtcNow + Limit, cancellationToken);

    private async Task ReleaseHolderAsync(string tenant, string holder, CancellationToken cancellationToken) => await registry.ReleaseVersionAsync(
        new ReleaseVersionRequest { Holder = new VersionHolder { Tenant = tenant, Kind = Kind, Id = holder } },
        Headers(), DateTime.UtcNow + Limit, cancellationToken);

    private Metadata Headers() => new() { { "authorization", $"Bearer {tokens.MintForService(Registry.Descriptor.FullName)}" } };
}
