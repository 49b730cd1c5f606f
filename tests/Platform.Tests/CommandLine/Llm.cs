using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace LlmPlatform.Platform.Tests.CommandLine;

/// <summary>What one run of <c>llm</c> came to.</summary>
internal sealed record LlmResult(int ExitCode, string Output, string Errors)
{
    /// <summary>The one JSON document on standard output.</summary>
    public JsonNode Json => JsonNode.Parse(Output)!;

    /// <summary>Fails with what it printed unless it ended well.</summary>
    public LlmResult Succeeded()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}: {Errors}{Output}");
        return this;
    }
}

/// <summary>The command line program in a process of its own, as users run it.</summary>
internal sealed class Llm : IDisposable
{
    private const int Interrupt = 2;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private Llm(Process process) => _process = process;

    /// <summary>The program's file, beside the running test's own output: artifacts/bin/PROJECT/CONFIGURATION.</summary>
    public static string Program
    {
        get
        {
            DirectoryInfo configuration = new(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
            return Path.Combine(configuration.Parent!.Parent!.FullName, "Cli", configuration.Name, "llm.dll");
        }
    }

    /// <summary>Standard output while it runs.</summary>
    public StreamReader Output => _process.StandardOutput;

    /// <summary>Runs it to its end.</summary>
    public static Task<LlmResult> RunAsync(Uri server, params string[] arguments) => RunAsync(server, new Dictionary<string, string>(), arguments);

    /// <summary>Runs it to its end with further environment variables.</summary>
    public static async Task<LlmResult> RunAsync(Uri server, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        using Llm llm = Start(server, environment, arguments);
        return await llm.WaitAsync();
    }

    /// <summary>Runs it to its end with lines typed into it.</summary>
    public static async Task<LlmResult> RunTypingAsync(Uri server, string input, params string[] arguments)
    {
        using Llm llm = Start(server, new Dictionary<string, string>(), arguments, input);
        return await llm.WaitAsync();
    }

    public static Llm Start(Uri server, IReadOnlyDictionary<string, string> environment, params string[] arguments) => Start(server, environment, arguments, "");

    private static Llm Start(Uri server, IReadOnlyDictionary<string, string> environment, string[] arguments, string input)
    {
        ProcessStartInfo start = new("dotnet", [Program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment.Remove("LLM_API_KEY");
        start.Environment["LLM_SERVER"] = server.ToString();
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        Process process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        return new Llm(process);
    }

    /// <summary>Waits for the end; what was read from <see cref="Output"/> before is not in the result.</summary>
    public async Task<LlmResult> WaitAsync(TimeSpan? atMost = null)
    {
        using CancellationTokenSource limit = new(atMost ?? Limit);
        Task<string> errors = _process.StandardError.ReadToEndAsync(limit.Token);
        string output = await _process.StandardOutput.ReadToEndAsync(limit.Token);
        await _process.WaitForExitAsync(limit.Token);
        return new LlmResult(_process.ExitCode, output, await errors);
    }

    /// <summary>Ctrl+C.</summary>
    public void SendInterrupt()
    {
        if (kill(_process.Id, Interrupt) != 0)
        {
            throw new InvalidOperationException($"kill failed with {Marshal.GetLastPInvokeError()}");
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int kill(int processId, int signal);
}
