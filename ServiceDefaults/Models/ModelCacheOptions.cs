namespace LlmPlatform.ServiceDefaults.Models;

/// <summary>Limits of the model cache, <c>Platform:ModelCache</c>.</summary>
public sealed class ModelCacheOptions
{
    /// <summary>The configuration section.</summary>
    public const string ConfigurationKey = "Platform:ModelCache";

    /// <summary>How many bytes of models are kept; the least recently used ones that nobody holds go first. Default 100 GiB.</summary>
    public long MaxBytes { get; set; } = 100L << 30;

    /// <summary>How often a download that breaks is taken up again. Default 4.</summary>
    public int MaxAttempts { get; set; } = 4;

    /// <summary>The pause before a broken download is taken up again; it doubles each time. Default 200 ms.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(200);
}
