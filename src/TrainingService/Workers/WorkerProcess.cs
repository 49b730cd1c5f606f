using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using LlmPlatform.TrainingContracts.Worker;

namespace LlmPlatform.TrainingService.Workers;

/// <summary>A child process that trains, seen from its parent. Its standard input stays open: it ends when that closes.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private const int MaxLastWords = 4 << 10;
    private const int MaxQueue = 256;
    private const int MaxBatch = 128;

    private readonly Process _process;
    private readonly StreamWriter _input;
    private readonly Channel<WorkerEvent> _events = Channel.CreateBounded<WorkerEvent>(new BoundedChannelOptions(MaxQueue) { SingleReader = true, SingleWriter = true });
    private readonly LastWords _lastWords = new(MaxLastWords);
    private readonly SemaphoreSlim _writing = new(1);
    private readonly Task _reading;
    private readonly Task _listening;

    private WorkerProcess(Process process)
    {
        _process = process;
        _input = new StreamWriter(process.StandardInput.BaseStream, new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" };
        _reading = ReadEventsAsync();
        _listening = ReadErrorsAsync();
    }

    /// <summary>The operating system's number for it.</summary>
    public int Id => _process.Id;

    /// <summary>The end of its standard error.</summary>
    public string Words => _lastWords.ToString();

    /// <summary>Starts the program and tells it what to train.</summary>
    /// <exception cref="FileNotFoundException">The program is missing.</exception>
    /// <exception cref="InvalidOperationException">The system does not start it.</exception>
    public static async Task<WorkerProcess> StartAsync(string program, WorkerStart start, string folder)
    {
        WorkerProcess worker = new(WorkerProgram.Start(program, start.JobId, start.Recipe.Threads, folder));
        await worker.SendAsync(WorkerJson.Write(start));
        return worker;
    }

    /// <summary>Tells it to stop after the present step, with a checkpoint.</summary>
    public Task StopAsync() => SendAsync(WorkerJson.Write(new WorkerCommand(WorkerCommand.Stop)));

    /// <summary>What it tells, as much at a time as there is, until its output ends.</summary>
    public async IAsyncEnumerable<IReadOnlyList<WorkerEvent>> ReadAllAsync()
    {
        while (await _events.Reader.WaitToReadAsync(CancellationToken.None))
        {
            List<WorkerEvent> batch = [];
            while (batch.Count < MaxBatch && _events.Reader.TryRead(out WorkerEvent? happened))
            {
                batch.Add(happened);
            }

            yield return batch;
        }
    }

    /// <summary>Waits until it has ended.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync(CancellationToken.None);
        await _listening;
        return _process.ExitCode;
    }

    /// <summary>Ends it at once.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        _events.Writer.TryComplete();
        await _process.WaitForExitAsync(CancellationToken.None);
        await _reading;
        await _listening;
        _process.Dispose();
        _writing.Dispose();
    }

    private async Task SendAsync(string line)
    {
        await _writing.WaitAsync(CancellationToken.None);
        try
        {
            await _input.WriteLineAsync(line);
        }
        catch (IOException)
        {
            // It has ended: its exit code tells.
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task ReadEventsAsync()
    {
        try
        {
            BoundedLines lines = new(_process.StandardOutput, WorkerJson.MaxLineLength);
            while (await lines.ReadAsync(CancellationToken.None) is { } line)
            {
                if (!line.StartsWith('{'))
                {
                    // Libraries print now and then.
                    _lastWords.Add(line + "\n");
                    continue;
                }

                await _events.Writer.WriteAsync(WorkerJson.Read<WorkerEvent>(line), CancellationToken.None);
            }
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or JsonException or NotSupportedException)
        {
            _lastWords.Add($"its output made no sense: {exception.Message}\n");
            Kill();
        }
        catch (ChannelClosedException)
        {
            // Nobody listens any more.
        }
        finally
        {
            _events.Writer.TryComplete();
        }
    }

    // All of it is taken from the pipe, so that the child never waits.
    private async Task ReadErrorsAsync()
    {
        char[] buffer = new char[4096];
        try
        {
            int read;
            while ((read = await _process.StandardError.ReadAsync(buffer, CancellationToken.None)) > 0)
            {
                _lastWords.Add(buffer.AsSpan(0, read));
            }
        }
        catch (IOException)
        {
            // The pipe broke with the process.
        }
    }
}
