using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using LlmPlatform.Retrieval.Documents.Sandbox.Confinement;

namespace LlmPlatform.Retrieval.Documents.Sandbox;

/// <summary>How the child is started: by the runtime's own host, with an environment built from nothing.</summary>
internal static class DocumentWorkerProgram
{
    private const string AssemblyName = "LlmPlatform.DocumentWorker.dll";

    /// <summary>What to start.</summary>
    /// <exception cref="FileNotFoundException">The program or the runtime's host is not where it should be.</exception>
    internal static ProcessStartInfo StartInfo(DocumentWorkerOptions options)
    {
        string assembly = options.WorkerAssembly ?? Path.Combine(AppContext.BaseDirectory, AssemblyName);
        if (!File.Exists(assembly))
        {
            throw new FileNotFoundException($"the program that reads documents is missing: {Path.GetFileName(assembly)}", assembly);
        }

        ProcessStartInfo start = new(FindHost())
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
            WorkingDirectory = Path.GetPathRoot(assembly),
        };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(assembly);
        SetEnvironment(start.Environment, options.Limits);
        return start;
    }

    /// <summary>Starts it with no handles but its three pipes.</summary>
    /// <exception cref="FileNotFoundException">As <see cref="StartInfo"/>.</exception>
    /// <exception cref="InvalidOperationException">The system does not start it.</exception>
    internal static Process Start(DocumentWorkerOptions options)
    {
        ProcessStartInfo start = StartInfo(options);

        // The runtime's own handles close when another program starts; those of libraries may not.
        if (OperatingSystem.IsLinux())
        {
            _ = LinuxCalls.SystemCall(LinuxCalls.CloseRange, 3, uint.MaxValue, LinuxCalls.CloseOnExec);
        }

        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException("the process that reads documents did not start");
        }
        catch (Win32Exception exception)
        {
            throw new InvalidOperationException($"the process that reads documents did not start: {exception.Message}", exception);
        }
    }

    // Nothing is taken over from the parent: its environment may hold keys.
    private static void SetEnvironment(IDictionary<string, string?> environment, DocumentLimits limits)
    {
        string? systemRoot = OperatingSystem.IsWindows() ? Environment.GetEnvironmentVariable("SystemRoot") : null;
        environment.Clear();
        environment["LANG"] = "C.UTF-8";
        environment["DOTNET_EnableDiagnostics"] = "0";      // no socket for debuggers and profilers
        environment["DOTNET_TieredPGO"] = "0";              // a short life does not pay for profiles
        environment["DOTNET_gcServer"] = "0";
        environment["DOTNET_gcConcurrent"] = "0";

        // Objects may take three quarters of the memory: the rest is for the runtime and for what is not objects.
        environment["DOTNET_GCHeapHardLimit"] = (limits.MaxMemory / 4 * 3).ToString("X", CultureInfo.InvariantCulture);
        if (systemRoot is not null)
        {
            environment["SystemRoot"] = systemRoot;
        }
    }

    // The running program may be one of its own name, or a test runner: the host stands beside the shared runtime.
    private static string FindHost()
    {
        string name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        string host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        return File.Exists(host) ? host : throw new FileNotFoundException($"the runtime's host is missing: {host}", host);
    }
}
