namespace LlmPlatform.ModelService.Rows;

/// <summary>Something that needs a version: a collection, an adapter or an unfinished job.</summary>
internal sealed class VersionHolderRow
{
    public required string HolderTenant { get; set; }

    public required string Kind { get; set; }

    public required string HolderId { get; set; }

    public required string Tenant { get; set; }

    public required string Name { get; set; }

    public required string Version { get; set; }
}
