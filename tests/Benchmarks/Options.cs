using System.Globalization;

namespace LlmPlatform.Benchmarks;

/// <summary>Options of the command line: a name and a value each.</summary>
internal static class Options
{
    public static string? Find(string[] args, string name) => Array.IndexOf(args, name) is >= 0 and int at && at + 1 < args.Length ? args[at + 1] : null;

    public static int Number(string[] args, string name, int otherwise) => Find(args, name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
