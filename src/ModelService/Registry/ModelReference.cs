using System.Text.RegularExpressions;
using LlmPlatform.ModelService.Data;
using LlmPlatform.ModelService.Rows;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Identity;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.ModelService.Registry;

/// <summary>What callers name a version by: <c>name</c>, <c>name@alias</c>, <c>name@version</c> or the version's first 8 digits or more.</summary>
/// <param name="Name">The model.</param>
/// <param name="Suffix">Alias or version; <c>default</c> where none is given.</param>
internal sealed partial record ModelReference(string Name, string Suffix)
{
    private const int MinVersionPrefix = 8;

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: not a reference.</exception>
    public static ModelReference Parse(string field, string reference)
    {
        string[] parts = reference.Split('@', 2);
        new FieldValidation()
            .Require(field, reference, NamePattern().IsMatch(parts[0]) && (parts.Length == 1 || SuffixPattern().IsMatch(parts[1])), "a model's name, name@version or name@alias")
            .ThrowIfInvalid();
        return new ModelReference(parts[0], parts.Length == 1 ? AliasRow.Default : parts[1]);
    }

    /// <summary>The version, of the caller's tenant or else of the platform's; null when neither has it.</summary>
    public async Task<ModelVersionRow?> FindAsync(ModelDbContext context, string tenant, CancellationToken cancellationToken)
    {
        foreach (string owner in new[] { tenant, Tenants.Platform }.Distinct())
        {
            if (await FindOwnAsync(context, owner, cancellationToken) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>The version of one tenant.</summary>
    public async Task<ModelVersionRow?> FindOwnAsync(ModelDbContext context, string tenant, CancellationToken cancellationToken)
    {
        string? aliased = await context.Aliases
            .Where(alias => alias.Tenant == tenant && alias.Name == Name && alias.Alias == Suffix)
            .Select(alias => alias.Version)
            .SingleOrDefaultAsync(cancellationToken);
        IQueryable<ModelVersionRow> versions = context.ModelVersions.AsNoTracking().Include(version => version.Files)
            .Where(version => version.Tenant == tenant && version.Name == Name);
        if (aliased is not null)
        {
            return await versions.SingleOrDefaultAsync(version => version.Version == aliased, cancellationToken);
        }

        if (Suffix.Length < MinVersionPrefix)
        {
            return null;
        }

        // Two that begin alike are no answer.
        List<ModelVersionRow> found = await versions.Where(version => version.Version.StartsWith(Suffix)).OrderBy(version => version.Version).Take(2).ToListAsync(cancellationToken);
        return found.Count == 1 ? found[0] : null;
    }

    public override string ToString() => Suffix == AliasRow.Default ? Name : $"{Name}@{Suffix}";

    /// <summary>A model's name.</summary>
    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")]
    public static partial Regex NamePattern();

    /// <summary>An alias or a version.</summary>
    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    public static partial Regex SuffixPattern();
}
