using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace LlmPlatform.Inference.Kernels;

/// <summary>
/// A few threads that share the rows of one piece of work at a time. The caller is one of them. Between pieces the
/// others spin for <see cref="SpinMicroseconds"/>, since the next piece of a step comes within that time, then park.
/// One caller at a time.
/// </summary>
internal sealed class WorkerPool : IDisposable
{
    /// <summary>How long a thread without work spins before it parks.</summary>
    public const int SpinMicroseconds = 50;

    private static readonly long SpinTicks = Stopwatch.Frequency * SpinMicroseconds / 1_000_000;

    private readonly Worker[] _workers;
    private readonly Lock _gate = new();
    private Action<int, int, int>? _body;
    private int _count;
    private int _grain;
    private int _next;
    private int _unfinished;
    private int _generation;
    private volatile bool _stopping;
    private volatile ExceptionDispatchInfo? _failure;

    /// <param name="threads">Threads in all, the caller included; at least 1.</param>
    /// <param name="name">Begins the threads' names.</param>
    public WorkerPool(int threads, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        _workers = new Worker[threads - 1];
        for (int i = 0; i < _workers.Length; i++)
        {
            Worker worker = _workers[i] = new Worker(i + 1);
            worker.Thread = new Thread(() => Loop(worker)) { IsBackground = true, Name = $"{name} {i + 1}" };
            worker.Thread.Start();
        }
    }

    /// <summary>Threads in all, the caller included.</summary>
    public int Threads { get; }

    /// <summary>
    /// Calls <paramref name="body"/>(start, end, thread) for ranges of at most <paramref name="grain"/> that cover
    /// [0, <paramref name="count"/>), and returns when all are done. What a range computes must not depend on how the
    /// whole is cut. The first exception of any thread is thrown again here.
    /// </summary>
    public void Run(int count, int grain, Action<int, int, int> body)
    {
        if (_workers.Length == 0 || count <= grain)
        {
            for (int start = 0; start < count; start += grain)
            {
                body(start, Math.Min(start + grain, count), 0);
            }

            return;
        }

        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stopping, this);
            (_body, _count, _grain, _next, _failure) = (body, count, grain, 0, null);
            Volatile.Write(ref _unfinished, _workers.Length);
            Interlocked.Increment(ref _generation);
            Array.ForEach(_workers, static worker => worker.Wake());
            Share(0);
            SpinWait wait = default;
            while (Volatile.Read(ref _unfinished) != 0)
            {
                wait.SpinOnce(sleep1Threshold: -1);
            }

            _body = null;
            _failure?.Throw();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _stopping = true;
            Interlocked.Increment(ref _generation);
            Array.ForEach(_workers, static worker => worker.Wake());
        }

        foreach (Worker worker in _workers)
        {
            worker.Thread!.Join();
            worker.Parking.Dispose();
        }
    }

    private void Loop(Worker worker)
    {
        int seen = 0;
        while (true)
        {
            Await(worker, seen);
            seen = Volatile.Read(ref _generation);
            if (_stopping)
            {
                return;
            }

            Share(worker.Index);
            Interlocked.Decrement(ref _unfinished);
        }
    }

    private void Await(Worker worker, int seen)
    {
        long start = Stopwatch.GetTimestamp();
        while (Volatile.Read(ref _generation) == seen)
        {
            if (Stopwatch.GetTimestamp() - start < SpinTicks)
            {
                Thread.SpinWait(8);
                continue;
            }

            Interlocked.Exchange(ref worker.Parked, 1);
            // Either the generation is still the old one and whoever raises it sees Parked, or it is seen here.
            if (Volatile.Read(ref _generation) == seen || Interlocked.Exchange(ref worker.Parked, 0) == 0)
            {
                worker.Parking.WaitOne();
            }
        }
    }

    private void Share(int thread)
    {
        try
        {
            while (true)
            {
                int start = Interlocked.Add(ref _next, _grain) - _grain;
                if (start >= _count)
                {
                    return;
                }

                _body!(start, Math.Min(start + _grain, _count), thread);
            }
        }
#pragma warning disable CA1031 // Whatever it is, the caller gets it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _failure ??= ExceptionDispatchInfo.Capture(exception);
            Volatile.Write(ref _next, _count);
        }
    }

    private sealed class Worker(int index)
    {
        public int Parked;

        public int Index { get; } = index;

        public AutoResetEvent Parking { get; } = new(false);

        public Thread? Thread { get; set; }

        public void Wake()
        {
            if (Volatile.Read(ref Parked) != 0 && Interlocked.Exchange(ref Parked, 0) != 0)
            {
                Parking.Set();
            }
        }
    }
}
