using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Retrieval.Documents.Sandbox;

/// <summary>One child process, seen from the parent. It reads one document at a time; any failure makes it unusable.</summary>
internal sealed class DocumentWorkerProcess : IAsyncDisposable
{
    private const int MaxStandardError = 16 << 10;
    private const int KilledExitCode = 128 + 9;
    private static readonly TimeSpan MemoryInterval = TimeSpan.FromMilliseconds(50);

    private readonly Process _process;
    private readonly DocumentWorkerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly StringBuilder _standardError = new();
    private readonly Task _standardErrorRead;
    private long _memory;
    private volatile bool _tooMuchMemory;

    private DocumentWorkerProcess(Process process, DocumentWorkerOptions options, TimeProvider time, ILogger logger)
    {
        (_process, _options, _time, _logger) = (process, options, time, logger);
        Id = process.Id;
        _standardErrorRead = ReadStandardErrorAsync();
    }

    /// <summary>The operating system's number for it.</summary>
    internal int Id { get; }

    /// <summary>Whose documents it reads; null: nobody's yet.</summary>
    internal string? Tenant { get; set; }

    /// <summary>Documents so far.</summary>
    internal int Documents { get; private set; }

    /// <summary>Whether it may read another one.</summary>
    internal bool IsUsable { get; private set; } = true;

    /// <summary>Whether it has not ended by itself.</summary>
    internal bool IsAlive => !_process.HasExited;

    /// <summary>When it last had something to do.</summary>
    internal long LastUsed { get; private set; }

    /// <summary>The most memory that it ever had in use, in bytes, as far as it was seen.</summary>
    internal long PeakMemory { get; private set; }

    /// <summary>The memory that it had in use when it was ready, in bytes.</summary>
    internal long ReadyMemory { get; private set; }

    /// <summary>Starts a process and waits until it is ready.</summary>
    /// <exception cref="FileNotFoundException">Its program is missing.</exception>
    /// <exception cref="InvalidOperationException">It did not start, or did not become ready.</exception>
    internal static async Task<DocumentWorkerProcess> StartAsync(
        DocumentWorkerOptions options, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        DocumentWorkerProcess worker = new(DocumentWorkerProgram.Start(options), options, time, logger);
        try
        {
            using CancellationTokenSource timeout = new(options.StartTime, time);
            using CancellationTokenSource either =
                CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
            using CancellationTokenRegistration kill = either.Token.Register(worker.Kill);
            await WorkerFrames.WriteAsync(
                worker._process.StandardInput.BaseStream,
                WorkerFrame.Limits,
                WorkerMessages.WriteLimits(options.Limits, options.DocumentsPerWorker),
                CancellationToken.None).ConfigureAwait(false);
            (WorkerFrame, byte[])? ready = await WorkerFrames.ReadAsync(
                worker._process.StandardOutput.BaseStream, WorkerFrame.Ready, WorkerFrame.Ready, 0, CancellationToken.None)
                .ConfigureAwait(false);
            worker.LastUsed = time.GetTimestamp();
            worker.ReadyMemory = worker.ReadMemory();
            return ready is not null ? worker : throw new InvalidDataException("it ended");
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            await worker.DisposeAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            throw new InvalidOperationException(
                $"the process that reads documents did not get ready (it may take {options.StartTime.TotalSeconds} seconds); "
                + $"its last words: {worker.LastWords()}",
                exception);
        }
        catch
        {
            await worker.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Reads a document.</summary>
    /// <exception cref="DocumentException">It cannot be read.</exception>
    internal async Task<ParsedDocument> ReadAsync(DocumentSource source, CancellationToken cancellationToken)
    {
        DocumentLimits limits = _options.Limits;
        byte[] request = WorkerMessages.WriteDocument(source);
        Documents++;
        IsUsable = false;
        using CancellationTokenSource timeout = new(limits.MaxTime, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        using CancellationTokenRegistration kill = either.Token.Register(Kill);
        using CancellationTokenSource finished = new();
        Task watch = WatchMemoryAsync(finished.Token);
        try
        {
            (WorkerFrame Frame, byte[] Payload)? answer;
            try
            {
                await WorkerFrames.WriteAsync(
                    _process.StandardInput.BaseStream, WorkerFrame.Document, request, CancellationToken.None).ConfigureAwait(false);
                answer = await WorkerFrames.ReadAsync(
                    _process.StandardOutput.BaseStream,
                    WorkerFrame.Parsed,
                    WorkerFrame.Failed,
                    ParsedDocumentCodec.MaxLength(limits),
                    CancellationToken.None).ConfigureAwait(false);
            }
            finally
            {
                await finished.CancelAsync().ConfigureAwait(false);
                await watch.ConfigureAwait(false);
            }

            if (answer is { Frame: WorkerFrame.Failed })
            {
                throw WorkerMessages.ReadFailure(answer.Value.Payload);
            }

            if (answer is not null)
            {
                ParsedDocument document = ParsedDocumentCodec.Read(answer.Value.Payload, limits);
                IsUsable = true;
                return document;
            }
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            throw await ExplainAsync(timeout.IsCancellationRequested, exception, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // Killed just after its answer: not to be used again either.
            IsUsable &= !either.IsCancellationRequested;
            LastUsed = _time.GetTimestamp();
        }

        throw await ExplainAsync(timeout.IsCancellationRequested, null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the process at once.</summary>
    internal void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended, or it never started.
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        IsUsable = false;
        Kill();
        await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        await _standardErrorRead.ConfigureAwait(false);
        _process.Dispose();
    }

    private async Task<Exception> ExplainAsync(bool timedOut, Exception? cause, CancellationToken cancellationToken)
    {
        // An answer that makes no sense comes from a process that still runs.
        bool runs = cause is InvalidDataException && !_process.HasExited;
        Kill();
        await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        await _standardErrorRead.ConfigureAwait(false);
        if (cancellationToken.IsCancellationRequested)
        {
            return new OperationCanceledException(cancellationToken);
        }

        string words = LastWords();
        (string code, string message) = Explain(timedOut, runs, words);
        _logger.LogWarning(
            "Process {ProcessId} that reads documents was given up: {Reason}; its last words: {LastWords}", Id, message, words);
        return new DocumentException(code, message, cause);
    }

    private (string Code, string Message) Explain(bool timedOut, bool runs, string words)
    {
        DocumentLimits limits = _options.Limits;
        if (timedOut)
        {
            return (DocumentErrors.LimitExceeded, $"reading it takes longer than {limits.MaxTime.TotalSeconds:0.#} seconds");
        }

        // What the runtime and native libraries cannot get ends the process in ways of their own.
        if (_tooMuchMemory || words.Contains("Out of memory", StringComparison.OrdinalIgnoreCase)
            || (!runs && _memory > limits.MaxMemory / 4 * 3))
        {
            return (DocumentErrors.LimitExceeded, $"reading it takes more than {limits.MaxMemory >> 20} MiB of memory");
        }

        if (words.Contains("Stack overflow", StringComparison.Ordinal))
        {
            return (DocumentErrors.LimitExceeded, "it is nested too deep to be read");
        }

        if (runs)
        {
            return (DocumentErrors.Corrupt, "the process that reads it gave an answer that makes no sense");
        }

        return _process.ExitCode == KilledExitCode
            ? (DocumentErrors.LimitExceeded, "the system ended the process that reads it, most likely for want of memory or for too much processor time")
            : (DocumentErrors.Corrupt, $"the process that reads it ended amid the work (exit code {_process.ExitCode})");
    }

    private async Task WatchMemoryAsync(CancellationToken finished)
    {
        using PeriodicTimer timer = new(MemoryInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(finished).ConfigureAwait(false))
            {
                if (ReadMemory() > _options.Limits.MaxMemory)
                {
                    _tooMuchMemory = true;
                    Kill();
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            ReadMemory();
        }
    }

    private long ReadMemory()
    {
        try
        {
            _process.Refresh();
            PeakMemory = Math.Max(PeakMemory, _process.PeakWorkingSet64);
            return _memory = _process.WorkingSet64;
        }
        catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return 0; // It has ended.
        }
    }

    // Kept short: a stack overflow prints every frame. All of it is taken from the pipe, so that the child never waits.
    private async Task ReadStandardErrorAsync()
    {
        char[] buffer = new char[4096];
        try
        {
            int read;
            while ((read = await _process.StandardError.ReadAsync(buffer, CancellationToken.None).ConfigureAwait(false)) > 0)
            {
                lock (_standardError)
                {
                    _standardError.Append(buffer, 0, Math.Min(read, MaxStandardError - _standardError.Length));
                }
            }
        }
        catch (IOException)
        {
            // The pipe broke with the process.
        }
    }

    private string LastWords()
    {
        lock (_standardError)
        {
            return _standardError.Length == 0 ? "none" : _standardError.ToString();
        }
    }
}
