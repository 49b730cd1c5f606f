namespace LlmPlatform.ModelService.Rows;

/// <summary>A file of a version. The blob that it names stays for as long as the row does.</summary>
internal sealed class ModelFileRow
{
    public long ModelVersionSequence { get; set; }

    public required string Path { get; set; }

    public required string Tenant { get; set; }

    public long Size { get; set; }

    public required string Sha256 { get; set; }
}
