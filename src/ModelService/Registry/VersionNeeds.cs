using Google.Rpc;
using LlmPlatform.ModelService.Data;
using LlmPlatform.ModelService.Rows;
using LlmPlatform.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.ModelService.Registry;

/// <summary>What keeps a version from being deleted: aliases, adapters over it, collections and jobs. A model that was trained from it is whole without it.</summary>
internal static class VersionNeeds
{
    private const string Type = "IN_USE";

    /// <exception cref="Grpc.Core.RpcException">FAILED_PRECONDITION that names everything that needs it.</exception>
    public static async Task RequireNoneAsync(
        ModelDbContext context, string tenant, string name, List<string> versions, bool wholeModel, CancellationToken cancellationToken)
    {
        List<string> needs = [];
        if (!wholeModel)
        {
            // With the whole model its aliases go too.
            List<AliasRow> aliases = await context.Aliases.AsNoTracking()
                .Where(alias => alias.Tenant == tenant && alias.Name == name && versions.Contains(alias.Version)).ToListAsync(cancellationToken);
            needs.AddRange(aliases.Select(alias => $"alias {alias.Alias}"));
        }

        List<ModelVersionRow> adapters = await context.ModelVersions.AsNoTracking()
            .Where(row => row.PeftType != "" && row.BaseTenant == tenant && row.BaseName == name && versions.Contains(row.BaseVersion!)).ToListAsync(cancellationToken);
        needs.AddRange(adapters
            .Where(row => !(wholeModel && row.Tenant == tenant && row.Name == name))
            .Select(row => $"adapter {row.Name}@{row.Version}"));

        List<VersionHolderRow> holders = await context.VersionHolders.AsNoTracking()
            .Where(row => row.Tenant == tenant && row.Name == name && versions.Contains(row.Version)).ToListAsync(cancellationToken);
        needs.AddRange(holders.Select(row => $"{row.Kind} {row.HolderId}"));

        if (needs.Count > 0)
        {
            string subject = wholeModel ? name : $"{name}@{versions[0]}";
            throw RpcErrors.FailedPrecondition(
                $"{subject} is needed by {string.Join(", ", needs.Take(RpcErrors.MaxViolations))}",
                [.. needs.Select(need => new PreconditionFailure.Types.Violation { Type = Type, Subject = subject, Description = $"needed by {need}" })]);
        }
    }
}
