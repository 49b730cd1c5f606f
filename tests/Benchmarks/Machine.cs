using System.Diagnostics;
using System.Globalization;
using LlmPlatform.Testing;

namespace LlmPlatform.Benchmarks;

/// <summary>What a figure depends on beside the code: it stands above every table.</summary>
internal static class Machine
{
    /// <summary>The processor, its cores, and how busy the machine is.</summary>
    public static string Describe() => $"{Processor()}, load {Load()}, commit {Commit()}";

    public static double ResidentMegabytes(int processId, string field = "VmRSS")
    {
        string line = File.ReadLines($"/proc/{processId}/status").First(entry => entry.StartsWith(field + ":", StringComparison.Ordinal));
        return long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024 / 1e6;
    }

    /// <summary>How many threads want to run, over the last minute.</summary>
    public static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    private static string Processor() =>
        File.Exists("/proc/cpuinfo") && File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) is { } line
            ? $"{line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()}, {Environment.ProcessorCount} cores"
            : $"{System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} cores";

    private static string Commit()
    {
        ProcessStartInfo start = new("git", ["-C", SharedData.RepositoryRoot, "rev-parse", "--short", "HEAD"]) { RedirectStandardOutput = true };
        using Process git = Process.Start(start)!;
        string commit = git.StandardOutput.ReadToEnd().Trim();
        git.WaitForExit();
        return git.ExitCode == 0 ? commit : "unknown";
    }
}
