using System.Buffers;

namespace LlmPlatform.Hub.Versions;

/// <summary>Names of files that come from outside: what may be joined to a folder on any system.</summary>
public static class RelativePaths
{
    private const int MaxLength = 512;

    private static readonly SearchValues<char> Forbidden = SearchValues.Create("\\:*?\"<>|");

    private static readonly string[] DeviceNames = ["CON", "PRN", "AUX", "NUL", "COM", "LPT"];

    /// <summary>
    /// Whether the path stays below the folder it is joined to and is a legal name on Linux, macOS and Windows alike:
    /// parts joined by <c>/</c>, none of them empty, <c>.</c> or <c>..</c>, no control characters, none of
    /// <c>\ : * ? " &lt; &gt; |</c>, no device name, no part that ends with a dot or a space, at most 512 characters.
    /// </summary>
    public static bool IsPortable(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.Length is > 0 and <= MaxLength && path.Split('/').All(IsPortablePart);
    }

    private static bool IsPortablePart(string part) =>
        part.Length is > 0 and <= 255
        && part[^1] is not ('.' or ' ')
        && !part.AsSpan().ContainsAny(Forbidden)
        && !part.Any(char.IsControl)
        && !IsDeviceName(part);

    // CON, NUL.txt, COM1, LPT9.tar.gz
    private static bool IsDeviceName(string part)
    {
        string stem = part.Split('.')[0].TrimEnd(' ');
        return DeviceNames.Any(device =>
            stem.StartsWith(device, StringComparison.OrdinalIgnoreCase)
            && (device is "COM" or "LPT"
                ? stem.Length == 4 && char.IsAsciiDigit(stem[3])
                : stem.Length == 3));
    }
}
