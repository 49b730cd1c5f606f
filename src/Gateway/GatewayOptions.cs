namespace LlmPlatform.Gateway;

/// <summary>Settings of the gateway, from the section <c>Gateway</c> of the configuration.</summary>
public sealed class GatewayOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Gateway";

    private const long Mebibyte = 1 << 20;

    /// <summary>The largest file that <c>POST /v1/files</c> takes, in bytes. Default: 512 MiB, as OpenAI's API.</summary>
    public long MaxUploadBytes { get; set; } = 512 * Mebibyte;
}
