namespace LlmPlatform.ModelService.Rows;

/// <summary>An API key; its secret is not here.</summary>
internal sealed class ApiKeyRow
{
    public long Sequence { get; set; }

    public required string Id { get; set; }

    public required string Tenant { get; set; }

    public required string Name { get; set; }

    public required string Role { get; set; }

    public List<string> Groups { get; set; } = [];

    public required string Prefix { get; set; }

    /// <summary>SHA-256 of the secret.</summary>
    public required string SecretHash { get; set; }

    public DateTime CreatedAt { get; set; }

    public DateTime? RevokedAt { get; set; }
}
