using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.ModelService.Data;
using LlmPlatform.ModelService.Rows;
using LlmPlatform.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.ModelService.Registry;

/// <summary>The version that an adapter was trained on and that it is of no use without.</summary>
internal static class AdapterBase
{
    private const string Field = "lineage.base";

    /// <summary>The full model that <c>lineage.base</c> names by its hash: an alias might have moved since the training.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: none is named, or not by its hash, or it is not there, or no full model for text.</exception>
    public static async Task<ModelVersionRow> FindAsync(IDbContextFactory<ModelDbContext> contexts, NewVersion version, CancellationToken cancellationToken)
    {
        string name = version.Lineage.Base;
        if (name.Length == 0)
        {
            throw RpcErrors.InvalidArgument(Field, null, "name@version of the model that the adapter was trained on");
        }

        ModelReference reference = ModelReference.Parse(Field, name);
        await using ModelDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        ModelVersionRow found = await reference.FindAsync(context, version.Tenant, cancellationToken)
            ?? throw RpcErrors.InvalidArgument(Field, name, "a version that the registry has");
        if (!found.Version.StartsWith(reference.Suffix, StringComparison.Ordinal))
        {
            throw RpcErrors.InvalidArgument(Field, name, "name@version with the version's content hash, since an alias can move");
        }

        return found.PeftType.Length > 0 ? throw RpcErrors.InvalidArgument(Field, name, "a full model, not an adapter")
            : found.Task != ModelTask.TextGeneration ? throw RpcErrors.InvalidArgument(Field, name, "a model for text generation")
            : found;
    }

    /// <summary>That the base found when the files were looked at is the one that is there when the version is written.</summary>
    /// <exception cref="Grpc.Core.RpcException">ABORTED.</exception>
    public static void RequireSame(ModelVersionRow? inspected, ModelVersionRow? found)
    {
        if (inspected is not null && inspected.Sequence != found?.Sequence)
        {
            throw RpcErrors.Aborted($"{Field} was deleted or made anew meanwhile");
        }
    }

    /// <summary>That an adapter that is there already has the base now named: its files alone do not say what it does.</summary>
    /// <exception cref="Grpc.Core.RpcException">FAILED_PRECONDITION.</exception>
    public static void RequireUnchanged(ModelVersionRow known, ModelVersionRow? named)
    {
        if (named is not null && known.BaseVersion != named.Version)
        {
            throw RpcErrors.FailedPrecondition(
                "ADAPTER_BASE", $"model/{known.Name}", $"the same adapter is registered as {known.Name}@{known.Version} over {known.BaseName}@{known.BaseVersion}; use another name");
        }
    }
}
