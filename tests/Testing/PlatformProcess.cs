using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace LlmPlatform.Testing;

/// <summary>How a platform is to be started.</summary>
public sealed record PlatformProcessOptions
{
    /// <summary>Null: a new folder, deleted at the end.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Model folders to register at start, by name.</summary>
    public IReadOnlyDictionary<string, string> Models { get; init; } = new Dictionary<string, string>();

    /// <summary>Further environment variables, for example <c>Platform__RequireKey</c>.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>How long to wait for <c>/health</c>.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(120);
}

/// <summary>The whole platform as a user runs it: the AppHost program in a process of its own, on free ports.</summary>
public sealed class PlatformProcess : IAsyncDisposable
{
    private const int Interrupt = 2;
    private const int Terminate = 15;

    private const int FirstPort = 20_000;
    private const int PortCount = 12_000;

    private static int _lastPort = Random.Shared.Next(PortCount);

    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly bool _ownsDataFolder;
    private readonly Process _process;

    private PlatformProcess(Process process, string dataFolder, bool ownsDataFolder, int httpPort, int grpcPort, int internalPort)
    {
        _process = process;
        _ownsDataFolder = ownsDataFolder;
        DataFolder = dataFolder;
        Http = new Uri($"http://127.0.0.1:{httpPort}");
        Grpc = new Uri($"http://127.0.0.1:{grpcPort}");
        InternalGrpc = new Uri($"http://127.0.0.1:{internalPort}");
    }

    public Uri Http { get; }

    /// <summary>The gateway's gRPC port.</summary>
    public Uri Grpc { get; }

    /// <summary>The services' own port.</summary>
    public Uri InternalGrpc { get; }

    public string DataFolder { get; }

    public int Id => _process.Id;

    /// <summary>From start to the first ready answer of <c>/health</c>.</summary>
    public TimeSpan ReadyAfter { get; private set; }

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>Everything it printed so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>What it printed on standard error so far; <see cref="Output"/> holds it too.</summary>
    public string Errors
    {
        get
        {
            lock (_output)
            {
                return _errors.ToString();
            }
        }
    }

    /// <summary>Starts the platform and waits until it is ready.</summary>
    public static async Task<PlatformProcess> StartAsync(PlatformProcessOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new PlatformProcessOptions();
        PlatformProcess platform = Launch(options);
        long start = Stopwatch.GetTimestamp();
        using HttpClient client = new() { BaseAddress = platform.Http, Timeout = TimeSpan.FromSeconds(5) };
        while (!await IsReadyAsync(client, cancellationToken))
        {
            if (platform.HasExited || Stopwatch.GetElapsedTime(start) > options.StartTimeout)
            {
                string output = platform.Output;
                await platform.DisposeAsync();
                throw new InvalidOperationException($"the platform was not ready within {options.StartTimeout}; it printed:\n{output}");
            }

            await Task.Delay(50, cancellationToken);
        }

        platform.ReadyAfter = Stopwatch.GetElapsedTime(start);
        return platform;
    }

    /// <summary>Starts the process and returns at once.</summary>
    public static PlatformProcess Launch(PlatformProcessOptions options)
    {
        int[] ports = FreePorts(3);
        string dataFolder = options.DataFolder ?? Directory.CreateTempSubdirectory("llmplatform-test-").FullName;
        ProcessStartInfo start = new("dotnet", [AppHostAssembly()])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["Platform__HttpPort"] = $"{ports[0]}";
        start.Environment["Platform__GrpcPort"] = $"{ports[1]}";
        start.Environment["Platform__InternalPort"] = $"{ports[2]}";
        start.Environment["Platform__DataFolder"] = dataFolder;
        int index = 0;
        foreach ((string name, string path) in options.Models)
        {
            start.Environment[$"Platform__Models__{index}__Name"] = name;
            start.Environment[$"Platform__Models__{index}__Path"] = path;
            index++;
        }

        foreach ((string name, string value) in options.Environment)
        {
            start.Environment[name] = value;
        }

        Process process = new() { StartInfo = start, EnableRaisingEvents = true };
        PlatformProcess platform = new(process, dataFolder, options.DataFolder is null, ports[0], ports[1], ports[2]);
        process.OutputDataReceived += platform.Keep;
        process.ErrorDataReceived += platform.KeepError;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return platform;
    }

    /// <summary>Ctrl+C.</summary>
    public void SendInterrupt() => Signal(Interrupt);

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Waits for the end and gives the exit code.</summary>
    public async Task<int> WaitForExitAsync(TimeSpan timeout)
    {
        using CancellationTokenSource limit = new(timeout);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Signal(Terminate);
            using CancellationTokenSource limit = new(TimeSpan.FromSeconds(20));
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        _process.Dispose();
        if (_ownsDataFolder && Directory.Exists(DataFolder))
        {
            Directory.Delete(DataFolder, recursive: true);
        }
    }

    private static async Task<bool> IsReadyAsync(HttpClient client, CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage response = await client.GetAsync("/health", cancellationToken);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    // Beside the running test's own output: <artifacts>/bin/<project>/<configuration>/.
    private static string AppHostAssembly()
    {
        DirectoryInfo configuration = new(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(configuration.Parent!.Parent!.FullName, "AppHost", configuration.Name, "LlmPlatform.AppHost.dll");
    }

    // Below the range that the system takes for outgoing connections, and no port twice in a process: between the look
    // and the platform's own binding nobody else takes it.
    private static int[] FreePorts(int count)
    {
        List<int> ports = [];
        while (ports.Count < count)
        {
            int port = FirstPort + (int)((uint)Interlocked.Increment(ref _lastPort) % PortCount);
            try
            {
                using TcpListener listener = new(IPAddress.Loopback, port);
                listener.Start();
                ports.Add(port);
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Somebody's already: the next one.
            }
        }

        return [.. ports];
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            _output.AppendLine(line.Data);
        }
    }

    private void KeepError(object sender, DataReceivedEventArgs line)
    {
        Keep(sender, line);
        if (line.Data is null)
        {
            return;
        }

        lock (_output)
        {
            _errors.AppendLine(line.Data);
        }
    }

    private void Signal(int signal)
    {
        if (OperatingSystem.IsWindows())
        {
            _process.Kill();
        }
        else if (kill(_process.Id, signal) != 0)
        {
            throw new InvalidOperationException($"kill({_process.Id}, {signal}) failed with {Marshal.GetLastPInvokeError()}");
        }
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int kill(int processId, int signal);
}
