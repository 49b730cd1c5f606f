using System.Data;
using Grpc.Core;
using LlmPlatform.Contracts.Internal.V1;
using LlmPlatform.ModelService.Data;
using LlmPlatform.ModelService.Rows;
using LlmPlatform.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace LlmPlatform.ModelService.Registry;

/// <summary>llmplatform.internal.v1.Registry: for other services.</summary>
internal sealed class RegistryGrpc(IDbContextFactory<ModelDbContext> contexts) : Contracts.Internal.V1.Registry.RegistryBase
{
    private static readonly string[] Kinds = ["adapter", "collection", "job"];

    public override async Task<HoldVersionResponse> HoldVersion(HoldVersionRequest request, ServerCallContext context)
    {
        VersionHolder holder = Validate(request.Holder);
        new FieldValidation()
            .Require("name", request.Name, ModelReference.NamePattern().IsMatch(request.Name), RegisterValidation.NameRule)
            .Require("version", request.Version, ModelReference.SuffixPattern().IsMatch(request.Version), "a version's content hash")
            .ThrowIfInvalid();
        await using ModelDbContext database = await contexts.CreateDbContextAsync(context.CancellationToken);

        // One transaction, so that nobody deletes the version between the look and the row that holds it.
        await using IDbContextTransaction transaction = await database.Database.BeginTransactionAsync(IsolationLevel.Serializable, context.CancellationToken);
        ModelVersionRow version = await new ModelReference(request.Name, request.Version).FindAsync(database, holder.Tenant, context.CancellationToken)
            ?? throw RpcErrors.NotFound("model", $"{request.Name}@{request.Version}");
        VersionHolderRow? row = await database.VersionHolders.FindAsync([holder.Tenant, holder.Kind, holder.Id], context.CancellationToken);
        if (row is not null)
        {
            database.VersionHolders.Remove(row);
        }

        database.VersionHolders.Add(new VersionHolderRow
        {
            HolderTenant = holder.Tenant,
            Kind = holder.Kind,
            HolderId = holder.Id,
            Tenant = version.Tenant,
            Name = version.Name,
            Version = version.Version,
        });
        await database.SaveChangesAsync(context.CancellationToken);
        await transaction.CommitAsync(context.CancellationToken);
        return new HoldVersionResponse();
    }

    public override async Task<ReleaseVersionResponse> ReleaseVersion(ReleaseVersionRequest request, ServerCallContext context)
    {
        VersionHolder holder = Validate(request.Holder);
        await using ModelDbContext database = await contexts.CreateDbContextAsync(context.CancellationToken);
        await database.VersionHolders
            .Where(row => row.HolderTenant == holder.Tenant && row.Kind == holder.Kind && row.HolderId == holder.Id)
            .ExecuteDeleteAsync(context.CancellationToken);
        return new ReleaseVersionResponse();
    }

    public override async Task<GetRevisionResponse> GetRevision(GetRevisionRequest request, ServerCallContext context)
    {
        await using ModelDbContext database = await contexts.CreateDbContextAsync(context.CancellationToken);
        return new GetRevisionResponse { Revision = await database.RegistryRevisions.SumAsync(row => row.Revision, context.CancellationToken) };
    }

    private static VersionHolder Validate(VersionHolder? holder)
    {
        holder ??= new VersionHolder();
        new FieldValidation()
            .RequireText("holder.tenant", holder.Tenant, 63)
            .Require("holder.kind", holder.Kind, Kinds.Contains(holder.Kind), $"one of {string.Join(", ", Kinds)}")
            .RequireText("holder.id", holder.Id, 128)
            .ThrowIfInvalid();
        return holder;
    }
}
