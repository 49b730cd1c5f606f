using System.Globalization;
using LlmPlatform.ServiceDefaults.Errors;
using Microsoft.Extensions.Configuration;

namespace LlmPlatform.ServiceDefaults.Loading;

/// <summary>How much a service may hold in memory.</summary>
/// <param name="MaxBytes">Bytes of loaded models at most; the least recently used ones that nobody uses go first.</param>
public sealed record ModelPoolOptions(long MaxBytes)
{
    private const string Key = "MaxModelBytes";

    /// <summary>
    /// Reads <c>MaxModelBytes</c> of a section; where it is not set, <paramref name="share"/> of the memory that this
    /// process may use.
    /// </summary>
    /// <exception cref="InvalidOperationException">The value is no positive number.</exception>
    public static ModelPoolOptions From(IConfigurationSection section, double share)
    {
        string? text = section[Key];
        if (string.IsNullOrEmpty(text))
        {
            return new ModelPoolOptions((long)(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * share));
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes) && bytes > 0
            ? new ModelPoolOptions(bytes)
            : throw new InvalidOperationException($"{section.Path}:{Key} is {SafeValue.Cut(text)}, expected a number of bytes above 0");
    }
}
