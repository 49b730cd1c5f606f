using System.Data;
using LlmPlatform.ModelService.Blobs;
using LlmPlatform.ModelService.Data;
using LlmPlatform.ModelService.Rows;
using LlmPlatform.ServiceDefaults.Data;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace LlmPlatform.ModelService.Registry;

/// <summary>Versions and their aliases. Every change grows the tenant's revision in the same transaction.</summary>
internal sealed class ModelRegistry(
    IDbContextFactory<ModelDbContext> contexts, FolderBlobStore blobs, DataFolder folder, TimeProvider clock) : IDisposable
{
    // Inspecting reads whole tokenizers: one at a time.
    private readonly SemaphoreSlim _inspecting = new(1);

    // Holding the data folder, we know that nobody looks at what an earlier process left there.
    private readonly string _checking = EmptyFolder(folder.Folder("models", "checking"));

    public void Dispose() => _inspecting.Dispose();

    /// <summary>Registers a version; one that is there already gets the aliases.</summary>
    /// <exception cref="Grpc.Core.RpcException">A file is damaged, the base is unknown, or a file was deleted meanwhile.</exception>
    public async Task<ModelVersionRow> RegisterAsync(NewVersion version, CancellationToken cancellationToken)
    {
        ModelVersionRow? adapterBase = version.IsAdapter ? await AdapterBase.FindAsync(contexts, version, cancellationToken) : null;
        ModelInspection inspection = await InspectAsync(version, adapterBase, cancellationToken);
        await using ModelDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        await using IDbContextTransaction transaction = await context.Database.BeginTransactionAsync(IsolationLevel.Serializable, cancellationToken);
        if (version.RequestId is not null
            && await context.ModelVersions.SingleOrDefaultAsync(known => known.Tenant == version.Tenant && known.RequestId == version.RequestId, cancellationToken) is { } earlier)
        {
            // Another call with this request_id was quicker.
            return earlier;
        }

        ModelVersionRow? row = await context.ModelVersions
            .SingleOrDefaultAsync(known => known.Tenant == version.Tenant && known.Name == version.Name && known.Version == version.Version, cancellationToken);
        if (row is null)
        {
            await RequireFilesAsync(context, version, cancellationToken);
            ModelVersionRow? origin = await FindBaseAsync(context, version, cancellationToken);
            AdapterBase.RequireSame(adapterBase, origin);
            row = version.ToRow(inspection, origin, clock.GetUtcNow().UtcDateTime);
            context.ModelVersions.Add(row);
        }
        else
        {
            AdapterBase.RequireUnchanged(row, adapterBase);
        }

        bool isFirst = !await context.Aliases.AnyAsync(
            alias => alias.Tenant == version.Tenant && alias.Name == version.Name && alias.Alias == AliasRow.Default, cancellationToken);
        foreach (string name in isFirst ? version.Aliases.Append(AliasRow.Default).Distinct() : version.Aliases.Distinct())
        {
            await PointAsync(context, version.Tenant, version.Name, name, version.Version, cancellationToken);
        }

        await context.SaveChangesAsync(cancellationToken);
        await context.GrowRevisionAsync(version.Tenant, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return row;
    }

    /// <summary>Moves an alias, if it stands where the caller thinks it does.</summary>
    /// <param name="reference">The model's name and the version to point at.</param>
    /// <param name="alias">The alias.</param>
    /// <param name="expected">The version it points at now, "" for none; null moves it in any case.</param>
    /// <param name="tenant">The owner.</param>
    /// <param name="cancellationToken">Ends the work before it is committed.</param>
    public async Task<ModelVersionRow> PromoteAsync(string tenant, ModelReference reference, string alias, string? expected, CancellationToken cancellationToken)
    {
        await using ModelDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        await using IDbContextTransaction transaction = await context.Database.BeginTransactionAsync(IsolationLevel.Serializable, cancellationToken);
        ModelVersionRow version = await reference.FindOwnAsync(context, tenant, cancellationToken)
            ?? throw await NotWritableAsync(context, reference, cancellationToken);
        string current = await context.Aliases.Where(row => row.Tenant == tenant && row.Name == reference.Name && row.Alias == alias)
            .Select(row => row.Version).SingleOrDefaultAsync(cancellationToken) ?? "";
        if (expected is not null && expected != current)
        {
            throw RpcErrors.Aborted(current.Length == 0
                ? $"alias {alias} of {reference.Name} does not exist, expected it at {SafeValue.Cut(expected)}"
                : $"alias {alias} of {reference.Name} is at {current}, expected {(expected.Length == 0 ? "no such alias" : SafeValue.Cut(expected))}");
        }

        await PointAsync(context, tenant, reference.Name, alias, version.Version, cancellationToken);
        await context.SaveChangesAsync(cancellationToken);
        await context.GrowRevisionAsync(tenant, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return version;
    }

    /// <summary>Deletes a version, or a model with everything it has, unless something needs it.</summary>
    public async Task DeleteAsync(string tenant, string name, string version, CancellationToken cancellationToken)
    {
        await using ModelDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        await using IDbContextTransaction transaction = await context.Database.BeginTransactionAsync(IsolationLevel.Serializable, cancellationToken);
        IQueryable<ModelVersionRow> doomed = context.ModelVersions.Where(row => row.Tenant == tenant && row.Name == name && (version == "" || row.Version == version));
        List<string> versions = await doomed.Select(row => row.Version).ToListAsync(cancellationToken);
        if (versions.Count == 0)
        {
            throw await NotWritableAsync(context, new ModelReference(name, version.Length > 0 ? version : AliasRow.Default), cancellationToken);
        }

        await VersionNeeds.RequireNoneAsync(context, tenant, name, versions, wholeModel: version.Length == 0, cancellationToken);
        await context.Aliases.Where(alias => alias.Tenant == tenant && alias.Name == name && versions.Contains(alias.Version)).ExecuteDeleteAsync(cancellationToken);
        await doomed.ExecuteDeleteAsync(cancellationToken);
        await context.GrowRevisionAsync(tenant, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task PointAsync(ModelDbContext context, string tenant, string name, string alias, string version, CancellationToken cancellationToken)
    {
        AliasRow? row = await context.Aliases.FindAsync([tenant, name, alias], cancellationToken);
        if (row is null)
        {
            context.Aliases.Add(new AliasRow { Tenant = tenant, Name = name, Alias = alias, Version = version });
        }
        else
        {
            row.Version = version;
        }
    }

    // The rows that keep the blobs from the sweep must still be there when those of the version take over.
    private static async Task RequireFilesAsync(ModelDbContext context, NewVersion version, CancellationToken cancellationToken)
    {
        List<string> there = await context.Files.Where(file => file.Tenant == version.Tenant && file.Ready && version.FileIds.Contains(file.Id))
            .Select(file => file.Id).ToListAsync(cancellationToken);
        if (version.FileIds.Except(there).FirstOrDefault() is { } missing)
        {
            throw RpcErrors.NotFound("file", missing);
        }
    }

    private static async Task<ModelVersionRow?> FindBaseAsync(ModelDbContext context, NewVersion version, CancellationToken cancellationToken) =>
        version.Lineage.Base.Length == 0
            ? null
            : await ModelReference.Parse("lineage.base", version.Lineage.Base).FindAsync(context, version.Tenant, cancellationToken)
                ?? throw RpcErrors.InvalidArgument("lineage.base", version.Lineage.Base, "a version that the registry has");

    // What belongs to the platform is there for all to read, so saying that it cannot be written gives nothing away.
    private static async Task<Exception> NotWritableAsync(ModelDbContext context, ModelReference reference, CancellationToken cancellationToken) =>
        await context.ModelVersions.AnyAsync(row => row.Tenant == Tenants.Platform && row.Name == reference.Name, cancellationToken)
            ? RpcErrors.PermissionDenied($"model {reference.Name} belongs to the platform and cannot be changed")
            : RpcErrors.NotFound("model", reference.ToString());

    private static string EmptyFolder(string path)
    {
        foreach (string left in Directory.EnumerateDirectories(path))
        {
            Directory.Delete(left, recursive: true);
        }

        return path;
    }

    private async Task<ModelInspection> InspectAsync(NewVersion version, ModelVersionRow? adapterBase, CancellationToken cancellationToken)
    {
        await _inspecting.WaitAsync(cancellationToken);
        try
        {
            using ModelAssembly assembly = await ModelAssembly.CreateAsync(
                _checking, blobs, version.Tenant, version.Files.Select(file => (file.Path, file.Sha256)), cancellationToken);
            if (adapterBase is null)
            {
                return ModelInspection.Read(assembly.Folder);
            }

            using ModelAssembly baseAssembly = await ModelAssembly.CreateAsync(_checking, blobs, adapterBase, cancellationToken);
            return ModelInspection.Read(assembly.Folder, baseAssembly.Folder);
        }
        finally
        {
            _inspecting.Release();
        }
    }
}
