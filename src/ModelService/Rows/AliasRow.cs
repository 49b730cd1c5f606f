namespace LlmPlatform.ModelService.Rows;

/// <summary>A name for one of a model's versions that can be moved to another.</summary>
internal sealed class AliasRow
{
    /// <summary>The alias that answers for the bare name.</summary>
    public const string Default = "default";

    public required string Tenant { get; set; }

    public required string Name { get; set; }

    public required string Alias { get; set; }

    public required string Version { get; set; }
}
