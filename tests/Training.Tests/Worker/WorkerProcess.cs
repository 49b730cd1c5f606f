using System.Diagnostics;
using System.Runtime.InteropServices;
using LlmPlatform.TrainingContracts.Worker;

namespace LlmPlatform.Training.Tests.Worker;

/// <summary>The program LlmPlatform.TrainingWorker, as the service starts it.</summary>
internal sealed class WorkerProcess : IDisposable
{
    public const int HangUp = 1;
    public const int Interrupt = 2;
    public const int Terminate = 15;

    private readonly Process _process;

    public WorkerProcess(string job)
    {
        string host = Path.GetFullPath(Path.Combine(
            RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        ProcessStartInfo start = new(host)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (string argument in new[] { "exec", Path.Combine(AppContext.BaseDirectory, "LlmPlatform.TrainingWorker.dll"), "--job", job })
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => Errors.Add(line.Data ?? "");
        _process.BeginErrorReadLine();
    }

    public List<string> Errors { get; } = [];

    public List<WorkerEvent> Events { get; } = [];

    public void Send<T>(T message)
    {
        _process.StandardInput.WriteLine(WorkerJson.Write(message));
        _process.StandardInput.Flush();
    }

    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>Sends a signal to the process, as a terminal does to all of its processes.</summary>
    public void Signal(int signal)
    {
        if (kill(_process.Id, signal) != 0)
        {
            throw new InvalidOperationException($"kill({_process.Id}, {signal}) failed with {Marshal.GetLastPInvokeError()}");
        }
    }

    /// <summary>Reads events up to the first that is wanted, or to the end.</summary>
    public async Task<WorkerEvent?> ReadAsync(Func<WorkerEvent, bool> wanted)
    {
        while (await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            Events.Add(WorkerJson.Read<WorkerEvent>(line));
            if (wanted(Events[^1]))
            {
                return Events[^1];
            }
        }

        return null;
    }

    public async Task<int> ExitAsync()
    {
        await ReadAsync(_ => false);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int kill(int processId, int signal);
}
