using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Grpc.Net.Client;
using LlmPlatform.ModelService.Tests.Support;
using LlmPlatform.ServiceDefaults.Identity;

namespace LlmPlatform.ModelService.Tests.Crash;

/// <summary>The service as a process of its own, to be killed.</summary>
internal sealed class ModelProcess : IAsyncDisposable
{
    private const string SigningKeyText = "a signing key for tests, of 32 bytes or more";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly GrpcChannel _channel;
    private readonly StringBuilder _output = new();
    private readonly InternalTokens _tokens = new(SigningKey.FromText(SigningKeyText), TimeProvider.System);

    private ModelProcess(Process process, int grpcPort)
    {
        _process = process;
        _channel = GrpcChannel.ForAddress($"http://127.0.0.1:{grpcPort}");
    }

    public TimeSpan ReadyAfter { get; private set; }

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

    public static async Task<ModelProcess> StartAsync(string dataFolder, IReadOnlyDictionary<string, string> settings)
    {
        int[] ports = FreePorts(2);
        ProcessStartInfo start = new("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "LlmPlatform.ModelService.dll")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["Platform__DataFolder"] = dataFolder;
        start.Environment["Platform__HttpPort"] = $"{ports[0]}";
        start.Environment["Platform__GrpcPort"] = $"{ports[1]}";
        start.Environment["Platform__InternalSigningKey"] = SigningKeyText;
        foreach ((string name, string value) in settings)
        {
            start.Environment[name] = value;
        }

        long begun = Stopwatch.GetTimestamp();
        Process process = new() { StartInfo = start };
        ModelProcess service = new(process, ports[1]);
        process.OutputDataReceived += service.Keep;
        process.ErrorDataReceived += service.Keep;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await service.WaitUntilReadyAsync($"http://127.0.0.1:{ports[0]}/health");
        service.ReadyAfter = Stopwatch.GetElapsedTime(begun);
        return service;
    }

    public Caller As(string tenant) => new(_channel, _tokens, tenant);

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private static int[] FreePorts(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        Array.ForEach(listeners, listener => listener.Start());
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        Array.ForEach(listeners, listener => listener.Dispose());
        return ports;
    }

    private async Task WaitUntilReadyAsync(string health)
    {
        long start = Stopwatch.GetTimestamp();
        using HttpClient client = new() { Timeout = TimeSpan.FromSeconds(5) };
        while (true)
        {
            try
            {
                using HttpResponseMessage response = await client.GetAsync(health);
                if (response.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
            {
                // Not listening yet.
            }

            Assert.False(_process.HasExited, $"the service ended at its start:\n{Output}");
            Assert.True(Stopwatch.GetElapsedTime(start) < StartLimit, $"not ready within {StartLimit}:\n{Output}");
            await Task.Delay(20);
        }
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            _output.AppendLine(line.Data);
        }
    }
}
