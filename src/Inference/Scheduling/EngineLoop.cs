using LlmPlatform.Inference.Decoders;
using LlmPlatform.Inference.Diagnostics;
using LlmPlatform.Inference.Sampling;

namespace LlmPlatform.Inference.Scheduling;

/// <summary>
/// The queue and the thread that runs steps. Requests are admitted in the order they came, each when there is room for its
/// prompt and its first tokens, since most texts end long before the limit. When room runs out on the way, the youngest goes
/// back to the head of the queue and is run again later (recomputation, as in vLLM: Kwon et al. 2023). The oldest always
/// goes on, and alone each fits, so nothing waits for ever.
/// </summary>
internal sealed class EngineLoop
{
    // New tokens that there must be room for when a sequence starts.
    private const int FirstTokens = 64;

    private readonly IDecoderBackend _backend;
    private readonly GenerationEngineOptions _options;
    private readonly TimeProvider _clock;
    private readonly Candidates _candidates;
    private readonly Stack<float[]> _logits = new();
    private readonly List<Generation> _active = []; // in the order they came
    private readonly List<Generation> _stepped = [];
    private readonly List<DecoderInput> _inputs = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guarded by _gate.
    private readonly object _gate = new();
    private readonly LinkedList<Generation> _waiting = new();
    private int _activeCount;
    private double _averageSeconds = 1;
    private bool _draining;
    private bool _aborting;

    // After one was put back, nothing starts until another has left: it would be put back in its turn.
    private bool _crowded;

    private long _steps;
    private long _tokens;

    public EngineLoop(IDecoderBackend backend, GenerationEngineOptions options, TimeProvider clock)
    {
        _backend = backend;
        _options = options;
        _clock = clock;
        _candidates = new Candidates(backend.VocabularySize);
        new Thread(Run) { IsBackground = true, Name = "generation engine" }.Start();
    }

    public EngineStatus GetStatus()
    {
        lock (_gate)
        {
            DecoderCapacity capacity = _backend.Capacity;
            return new EngineStatus(
                _activeCount, _waiting.Count, Interlocked.Read(ref _steps), Interlocked.Read(ref _tokens), capacity.TotalTokens, capacity.FreeTokens);
        }
    }

    /// <summary>Puts a request into the queue.</summary>
    /// <exception cref="QueueFullException">It is full.</exception>
    /// <exception cref="ObjectDisposedException">The engine takes no more.</exception>
    public void Submit(Generation generation)
    {
        Exception? refusal = null;
        lock (_gate)
        {
            if (_draining)
            {
                refusal = new ObjectDisposedException(nameof(GenerationEngine));
            }
            else if (_waiting.Count >= _options.MaxWaitingSequences)
            {
                InferenceTelemetry.Refused.Add(1);
                refusal = new QueueFullException(_waiting.Count, RetryAfter());
            }
            else
            {
                _waiting.AddLast(generation);
                Monitor.PulseAll(_gate);
            }
        }

        if (refusal is not null)
        {
            generation.Leave("refused", refusal);
            throw refusal;
        }
    }

    /// <summary>Takes a request out of the queue at once, or out of the batch before the next step. Does nothing when it has left.</summary>
    public void Cancel(Generation generation)
    {
        generation.Cancel();
        bool waited;
        lock (_gate)
        {
            waited = _waiting.Remove(generation);
            Monitor.PulseAll(_gate);
        }

        if (waited)
        {
            generation.Leave("cancelled", null);
        }
    }

    /// <summary>Ends when everything has finished, or after the drain timeout when the rest has been broken off.</summary>
    public async Task StopAsync()
    {
        lock (_gate)
        {
            _draining = true;
            Monitor.PulseAll(_gate);
        }

        try
        {
            await _ended.Task.WaitAsync(_options.DrainTimeout, _clock).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            lock (_gate)
            {
                _aborting = true;
                Monitor.PulseAll(_gate);
            }

            await _ended.Task.ConfigureAwait(false);
        }
    }

    private void Run()
    {
        while (WaitForWork())
        {
            RemoveCancelled();
            Admit();
            Step();
        }

        _ended.SetResult();
    }

    // False when the loop shall end.
    private bool WaitForWork()
    {
        List<Generation> unstarted = [];
        lock (_gate)
        {
            while (!_draining && _active.Count == 0 && _waiting.Count == 0)
            {
                Monitor.Wait(_gate);
            }

            if (!_aborting)
            {
                return _active.Count > 0 || _waiting.Count > 0;
            }

            unstarted.AddRange(_waiting);
            _waiting.Clear();
        }

        GenerationFailedException closed = new("the engine was closed", null);
        unstarted.ForEach(generation => generation.Leave("error", closed));
        while (_active.Count > 0)
        {
            Leave(_active[^1], "error", closed);
        }

        return false;
    }

    private void RemoveCancelled()
    {
        for (int i = _active.Count - 1; i >= 0; i--)
        {
            if (_active[i].IsCancelled)
            {
                Leave(_active[i], "cancelled", null);
            }
        }
    }

    private void Admit()
    {
        while (_active.Count < _options.MaxActiveSequences && !_crowded)
        {
            Generation generation;
            Exception? failure = null;
            lock (_gate)
            {
                if (_waiting.First is not { } first)
                {
                    return;
                }

                generation = first.Value;
                try
                {
                    int newTokens = Math.Min(generation.MaxTokens, generation.CompletionTokens + FirstTokens);
                    generation.Sequence = _backend.TryOpen(generation.PromptTokens, newTokens);
                }
#pragma warning disable CA1031 // Whatever it is, the caller gets it, and the others go on.
                catch (Exception exception)
#pragma warning restore CA1031
                {
                    failure = exception;
                }

                if (generation.Sequence is null && failure is null)
                {
                    return;
                }

                _waiting.RemoveFirst();
                _activeCount++;
            }

            InferenceTelemetry.ActiveSequences.Add(1);
            generation.Logits = _logits.TryPop(out float[]? logits) ? logits : new float[_backend.VocabularySize];
            _active.Add(generation);
            if (failure is not null)
            {
                Leave(generation, "error", new GenerationFailedException("the sequence could not be started", failure));
            }
        }
    }

    private void Step()
    {
        PlanStep();
        if (_inputs.Count == 0)
        {
            return;
        }

        try
        {
            _backend.Step(_inputs);
        }
#pragma warning disable CA1031 // Whatever it is, those who wait for the step get it, and the others go on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _stepped.ForEach(generation => Leave(generation, "error", new GenerationFailedException("a step of the engine failed", exception)));
            return;
        }

        Interlocked.Increment(ref _steps);
        InferenceTelemetry.EngineSteps.Add(1);
        foreach (Generation generation in _stepped)
        {
            if (!generation.IsPrefilling)
            {
                TakeToken(generation);
            }
        }
    }

    private void TakeToken(Generation generation)
    {
        try
        {
            bool last = generation.TakeToken(_candidates);
            Interlocked.Increment(ref _tokens);
            if (last)
            {
                Leave(generation, "finished", null);
            }
        }
#pragma warning disable CA1031 // As above: only this sequence fails.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Leave(generation, "error", new GenerationFailedException("choosing a token failed", exception));
        }
    }

    // A token for each that generates, then the prompts share what is left of the step equally, so that a long one does
    // not hold up those behind it. The oldest takes the remainder.
    private void PlanStep()
    {
        MakeRoom();
        _inputs.Clear();
        _stepped.Clear();
        int prefilling = 0;
        foreach (Generation generation in _active)
        {
            if (generation.IsPrefilling)
            {
                prefilling++;
            }
            else
            {
                _inputs.Add(generation.NextInput(0));
                _stepped.Add(generation);
            }
        }

        // Prompts go on even when many generate.
        int left = Math.Max(_options.StepTokens - _inputs.Count, Math.Max(1, _options.StepTokens / 4));
        foreach (Generation generation in _active)
        {
            if (generation.IsPrefilling && left > 0)
            {
                int share = Math.Min(generation.PrefillTokensLeft, (left + prefilling - 1) / prefilling);
                prefilling--;
                left -= share;
                _inputs.Add(generation.NextInput(share));
                _stepped.Add(generation);
            }
        }
    }

    // Room for the next token of each that generates; the youngest make way for the older.
    private void MakeRoom()
    {
        for (int i = 0; i < _active.Count; i++)
        {
            Generation generation = _active[i];
            while (!generation.IsPrefilling && !generation.Sequence!.TryMakeRoom(generation.Sequence.Length + 1))
            {
                Generation youngest = _active[^1];
                PutBack(youngest);
                if (youngest == generation)
                {
                    break;
                }
            }
        }
    }

    private void PutBack(Generation generation)
    {
        _crowded = true;
        StopStepping(generation);
        generation.Preempt();
        InferenceTelemetry.Preempted.Add(1);
        lock (_gate)
        {
            _activeCount--;
            if (!generation.IsCancelled)
            {
                _waiting.AddFirst(generation);
                return;
            }
        }

        generation.Leave("cancelled", null);
    }

    private void StopStepping(Generation generation)
    {
        _active.Remove(generation);
        _logits.Push(generation.Logits);
        generation.Logits = [];
        InferenceTelemetry.ActiveSequences.Add(-1);
    }

    private void Leave(Generation generation, string outcome, Exception? error)
    {
        _crowded = false;
        StopStepping(generation);
        // Room and count first: who has seen the end of the stream finds the sequence gone.
        lock (_gate)
        {
            _activeCount--;
            if (outcome == "finished")
            {
                _averageSeconds += (generation.Elapsed.TotalSeconds - _averageSeconds) / 8;
            }
        }

        generation.Leave(outcome, error);
    }

    // About the time until the queue has moved by one: those before it leave one after the other.
    private TimeSpan RetryAfter() =>
        TimeSpan.FromSeconds(Math.Clamp(_averageSeconds / Math.Max(1, _activeCount), 1, 60));
}
