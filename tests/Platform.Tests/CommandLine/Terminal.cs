using System.Diagnostics;
using System.Text;

namespace LlmPlatform.Platform.Tests.CommandLine;

/// <summary>
/// The command line program at a terminal, recorded: <c>script</c> of util-linux gives it one, with keys that a test presses.
/// </summary>
internal sealed class Terminal : IAsyncDisposable
{
    public const string CtrlC = "\u0003";

    private const string Recorder = "script";
    private const int Columns = 100;
    private const int Rows = 40;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly StringBuilder _recording = new();
    private readonly Task _reading;

    private Terminal(Process process)
    {
        _process = process;
        _reading = ReadAsync();
    }

    /// <summary>Everything that was printed so far, with the terminal's control sequences.</summary>
    public string Recording
    {
        get
        {
            lock (_recording)
            {
                return _recording.ToString();
            }
        }
    }

    /// <summary>Skips the calling test where no terminal can be had.</summary>
    public static void Require()
    {
        if (!OperatingSystem.IsLinux() || !File.Exists($"/usr/bin/{Recorder}"))
        {
            Assert.Skip("no terminal to be had: needs Linux and script (Debian: apt-get install util-linux)");
        }
    }

    public static Terminal Start(Uri server, params string[] arguments)
    {
        string program = $"stty cols {Columns} rows {Rows}; exec dotnet {string.Join(' ', arguments.Prepend(Llm.Program).Select(Quote))}";
        ProcessStartInfo start = new(Recorder, ["--quiet", "--return", "--flush", "--command", program, "/dev/null"])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment.Remove("LLM_API_KEY");
        start.Environment.Remove("NO_COLOR");
        start.Environment["LLM_SERVER"] = server.ToString();
        start.Environment["TERM"] = "xterm-256color";
        start.Environment["LANG"] = "C.UTF-8";
        start.Environment["SHELL"] = "/bin/sh";
        return new Terminal(Process.Start(start)!);
    }

    /// <summary>Waits until the recording is as wanted.</summary>
    public async Task WaitForAsync(Func<string, bool> wanted)
    {
        long start = Stopwatch.GetTimestamp();
        while (!wanted(Recording))
        {
            Assert.True(!_process.HasExited || wanted(Recording), $"it ended before: {Recording}");
            Assert.True(Stopwatch.GetElapsedTime(start) < Limit, $"not within {Limit}: {Recording}");
            await Task.Delay(20);
        }
    }

    public async Task PressAsync(string keys)
    {
        await _process.StandardInput.WriteAsync(keys);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Waits for the end and gives the exit code.</summary>
    public async Task<int> WaitAsync()
    {
        using CancellationTokenSource limit = new(Limit);
        await _process.WaitForExitAsync(limit.Token);
        await _reading.WaitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static string Quote(string argument) => $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private async Task ReadAsync()
    {
        char[] buffer = new char[4096];
        int read;
        while ((read = await _process.StandardOutput.ReadAsync(buffer)) > 0)
        {
            lock (_recording)
            {
                _recording.Append(buffer, 0, read);
            }
        }
    }
}
