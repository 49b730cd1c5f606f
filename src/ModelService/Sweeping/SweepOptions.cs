using System.Globalization;

namespace LlmPlatform.ModelService.Sweeping;

/// <summary>When blobs that nothing names are removed.</summary>
/// <param name="Interval"><c>Platform:Blobs:SweepInterval</c>, default 10 minutes.</param>
/// <param name="Grace"><c>Platform:Blobs:SweepGrace</c>, default 1 hour.</param>
internal sealed record SweepOptions(TimeSpan Interval, TimeSpan Grace)
{
    /// <exception cref="InvalidOperationException">A setting is not a time.</exception>
    public static SweepOptions From(IConfiguration configuration) => new(
        Read(configuration, "Platform:Blobs:SweepInterval", TimeSpan.FromMinutes(10)),
        Read(configuration, "Platform:Blobs:SweepGrace", TimeSpan.FromHours(1)));

    private static TimeSpan Read(IConfiguration configuration, string key, TimeSpan otherwise)
    {
        string? text = configuration[key];
        return string.IsNullOrEmpty(text) ? otherwise
            : TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan value) && value >= TimeSpan.Zero ? value
            : throw new InvalidOperationException($"{key} is not a time such as 00:10:00");
    }
}
