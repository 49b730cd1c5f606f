using System.Collections.Concurrent;

namespace LlmPlatform.RetrievalService.Ingest;

/// <summary>
/// The documents that this process works on now, one worker each: whoever takes a row's lease away can stop its worker
/// at once, and the next worker begins when the last one has ended, so that they never write to the index together.
/// </summary>
internal sealed class RunningIngests
{
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Waits until nobody works on the document, and enters.</summary>
    public async Task<Running> EnterAsync(string documentId, CancellationToken cancellationToken)
    {
        while (true)
        {
            Entry entry = new();
            Entry there = _entries.GetOrAdd(documentId, entry);
            if (ReferenceEquals(entry, there))
            {
                return new Running(this, documentId, entry, cancellationToken);
            }

            await there.Ended.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Whether somebody works on the document now.</summary>
    public bool IsRunning(string documentId) => _entries.ContainsKey(documentId);

    /// <summary>Stops the work on a document, if there is any.</summary>
    public void Stop(string documentId)
    {
        if (_entries.TryGetValue(documentId, out Entry? entry))
        {
            entry.Stop();
        }
    }

    /// <summary>Work on a document.</summary>
    internal sealed class Running : IDisposable
    {
        private readonly RunningIngests _all;
        private readonly string _documentId;
        private readonly Entry _entry;
        private readonly CancellationTokenSource _either;

        internal Running(RunningIngests all, string documentId, Entry entry, CancellationToken stopping)
        {
            (_all, _documentId, _entry) = (all, documentId, entry);
            _either = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            entry.Begin(_either);
        }

        /// <summary>Ends with the process, and when the work is stopped.</summary>
        public CancellationToken Token => _either.Token;

        public void Stop() => _entry.Stop();

        public void Dispose()
        {
            _entry.End();
            _all._entries.TryRemove(new KeyValuePair<string, Entry>(_documentId, _entry));
            _either.Dispose();
            _entry.Ended.SetResult();
        }
    }

    internal sealed class Entry
    {
        private readonly Lock _lock = new();
        private CancellationTokenSource? _work;
        private bool _stopped;

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Begin(CancellationTokenSource work)
        {
            lock (_lock)
            {
                _work = work;
                if (_stopped)
                {
                    work.Cancel();
                }
            }
        }

        public void Stop()
        {
            lock (_lock)
            {
                _stopped = true;
                _work?.Cancel();
            }
        }

        public void End()
        {
            lock (_lock)
            {
                _work = null;
            }
        }
    }
}
