using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.ModelService.Rows;

namespace LlmPlatform.ModelService.Registry;

/// <summary>Rows as the contract shows them.</summary>
internal static class ModelDescriptions
{
    public static ModelVersion Describe(this ModelVersionRow row, IEnumerable<AliasRow> aliases)
    {
        Lineage lineage = new()
        {
            Base = row.BaseName is null ? "" : $"{row.BaseName}@{row.BaseVersion}",
            Source = row.Source,
            DataHash = row.DataHash,
            RecipeHash = row.RecipeHash,
            JobId = row.JobId,
            MergedFrom = row.MergedFrom,
        };
        lineage.Metrics.Add(JsonSerializer.Deserialize<Dictionary<string, double>>(row.Metrics)!);
        return new ModelVersion
        {
            Name = row.Name,
            Version = row.Version,
            Tenant = row.Tenant,
            ModelType = row.ModelType,
            Task = row.Task,
            Files = { row.Files.OrderBy(file => file.Path, StringComparer.Ordinal).Select(Describe) },
            Lineage = lineage,
            CreatedAt = Timestamp.FromDateTime(row.CreatedAt),
            Aliases =
            {
                aliases.Where(alias => alias.Tenant == row.Tenant && alias.Name == row.Name && alias.Version == row.Version)
                    .Select(alias => alias.Alias).Order(StringComparer.Ordinal),
            },
            Size = row.Size,
            HasTokenizer = row.HasTokenizer,
            HasChatTemplate = row.HasChatTemplate,
            MaxPositionEmbeddings = row.MaxPositionEmbeddings,
            PeftType = row.PeftType,
            BaseSize = row.BaseSize,
        };
    }

    public static ModelFile Describe(this ModelFileRow file) => new() { Path = file.Path, Size = file.Size, Sha256 = file.Sha256 };
}
