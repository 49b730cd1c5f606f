namespace LlmPlatform.ModelService.Files;

/// <summary>Limits of uploads.</summary>
/// <param name="MaxBytes"><c>Platform:Files:MaxBytes</c>, default 64 GiB.</param>
internal sealed record FileLimits(long MaxBytes)
{
    public const string MaxBytesKey = "Platform:Files:MaxBytes";

    /// <summary>A message of an upload or download carries this much at most.</summary>
    public const int ChunkBytes = 1 << 20;

    private const long DefaultMaxBytes = 64L << 30;

    /// <exception cref="InvalidOperationException">The setting is not a positive number.</exception>
    public static FileLimits From(IConfiguration configuration)
    {
        string? text = configuration[MaxBytesKey];
        return string.IsNullOrEmpty(text) ? new FileLimits(DefaultMaxBytes)
            : long.TryParse(text, out long bytes) && bytes > 0 ? new FileLimits(bytes)
            : throw new InvalidOperationException($"{MaxBytesKey} is not a number of bytes above 0");
    }
}
