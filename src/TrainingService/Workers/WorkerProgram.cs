using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace LlmPlatform.TrainingService.Workers;

/// <summary>How the child is started: by the runtime's own host, with little of this process's environment.</summary>
internal static class WorkerProgram
{
    // The rest may hold keys.
    private static readonly string[] Kept = ["PATH", "HOME", "TMPDIR", "TMP", "TEMP", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SystemRoot", "USERPROFILE"];

    /// <summary>Starts the program for a job.</summary>
    /// <exception cref="FileNotFoundException">The program or the runtime's host is not where it should be.</exception>
    /// <exception cref="InvalidOperationException">The system does not start it.</exception>
    public static Process Start(string assembly, string jobId, int threads, string folder)
    {
        if (!File.Exists(assembly))
        {
            throw new FileNotFoundException($"the program that trains is missing: {Path.GetFileName(assembly)}", assembly);
        }

        ProcessStartInfo start = new(FindHost())
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
            WorkingDirectory = folder,
            ArgumentList = { "exec", assembly, "--job", jobId },
        };
        SetEnvironment(start.Environment, threads);
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException("the program that trains did not start");
        }
        catch (Win32Exception exception)
        {
            throw new InvalidOperationException($"the program that trains did not start: {exception.Message}", exception);
        }
    }

    private static void SetEnvironment(IDictionary<string, string?> environment, int threads)
    {
        Dictionary<string, string?> kept = environment.Where(pair => Kept.Contains(pair.Key)).ToDictionary();
        environment.Clear();
        foreach ((string name, string? value) in kept)
        {
            environment[name] = value;
        }

        string count = threads.ToString(CultureInfo.InvariantCulture);
        environment["OMP_NUM_THREADS"] = count;
        environment["MKL_NUM_THREADS"] = count;
        environment["LANG"] = "C.UTF-8";
        environment["DOTNET_EnableDiagnostics"] = "0";
        environment["DOTNET_gcServer"] = "0";
    }

    // The running program may be one of its own name, or a test runner: the host stands beside the shared runtime.
    private static string FindHost()
    {
        string name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        string host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        return File.Exists(host) ? host : throw new FileNotFoundException($"the runtime's host is missing: {host}", host);
    }
}
