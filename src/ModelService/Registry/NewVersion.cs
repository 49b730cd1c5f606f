using System.Text.Json;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.Hub.Adapters;
using LlmPlatform.ModelService.Rows;

namespace LlmPlatform.ModelService.Registry;

/// <summary>A version about to be registered.</summary>
internal sealed record NewVersion(
    string Tenant,
    string Name,
    IReadOnlyList<(string Path, long Size, string Sha256)> Files,
    Lineage Lineage,
    IReadOnlyList<string> Aliases,
    string? RequestId)
{
    /// <summary>The file rows that the bytes come from; empty when they come from a folder.</summary>
    public IReadOnlyList<string> FileIds { get; init; } = [];

    public string Version { get; } = Hub.Versions.ContentHash.Of(Files.Select(file => new Hub.Versions.ModelFile(file.Path, file.Size, file.Sha256)));

    /// <summary>Whether the files are those of an adapter, which needs its base.</summary>
    public bool IsAdapter { get; } = Files.Any(file => file.Path == LoraConfig.FileName);

    public ModelVersionRow ToRow(ModelInspection inspection, ModelVersionRow? origin, DateTime now) => new()
    {
        Tenant = Tenant,
        Name = Name,
        Version = Version,
        ModelType = inspection.ModelType,
        Task = inspection.Task,
        Size = Files.Sum(file => file.Size),
        HasTokenizer = inspection.HasTokenizer,
        HasChatTemplate = inspection.HasChatTemplate,
        MaxPositionEmbeddings = inspection.MaxPositionEmbeddings,
        CreatedAt = now,
        RequestId = RequestId,
        PeftType = inspection.PeftType,
        BaseSize = inspection.PeftType.Length > 0 ? origin!.Size : 0,
        MergedFrom = Lineage.MergedFrom,
        BaseTenant = origin?.Tenant,
        BaseName = origin?.Name,
        BaseVersion = origin?.Version,
        Source = Lineage.Source,
        DataHash = Lineage.DataHash,
        RecipeHash = Lineage.RecipeHash,
        JobId = Lineage.JobId,
        Metrics = JsonSerializer.Serialize(Lineage.Metrics.ToDictionary()),
        Files = [.. Files.Select(file => new ModelFileRow { Path = file.Path, Tenant = Tenant, Size = file.Size, Sha256 = file.Sha256 })],
    };
}
