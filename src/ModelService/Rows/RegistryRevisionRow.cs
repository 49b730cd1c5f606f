namespace LlmPlatform.ModelService.Rows;

/// <summary>How often a tenant's part of the registry has changed.</summary>
internal sealed class RegistryRevisionRow
{
    public required string Tenant { get; set; }

    public long Revision { get; set; }
}
