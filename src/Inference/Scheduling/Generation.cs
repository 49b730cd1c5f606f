using System.Diagnostics;
using System.Threading.Channels;
using LlmPlatform.Inference.Decoders;
using LlmPlatform.Inference.Diagnostics;
using LlmPlatform.Inference.Sampling;

namespace LlmPlatform.Inference.Scheduling;

/// <summary>
/// One request on its way through the engine. The loop's thread works on it; <see cref="Cancel"/> and
/// <see cref="Chunks"/> belong to the caller's.
/// </summary>
internal sealed class Generation
{
    private readonly GenerationRequest _request;
    private readonly IReadOnlySet<int> _eos;
    private readonly ITextStream _text;
    private readonly StopMatcher _stops;
    private readonly Sampler _sampler;
    private readonly TimeProvider _clock;
    private readonly Channel<GenerationChunk> _channel;
    private readonly List<int> _newIds = [];
    private readonly List<float> _newLogProbabilities = [];
    private readonly int[] _prompt;
    private readonly List<int> _generated = [];
    private readonly int[] _next = new int[1];
    private readonly Activity? _activity;
    private readonly long _submitted;
    private readonly string? _model;
    private Activity? _phase;
    private long _phaseSteps;
    private long _firstToken;
    private int[] _prefill;
    private int _prefillDone;
    private bool _decoding;
    private volatile bool _cancelled;

    public Generation(GenerationRequest request, int maxTokens, IReadOnlySet<int> eos, ITextStream text, TimeProvider clock, string? model)
    {
        _request = request;
        _eos = eos;
        _text = text;
        _clock = clock;
        _model = model;
        _prompt = [.. request.PromptIds];
        _prefill = _prompt;
        _stops = new StopMatcher(request.Stop);
        _sampler = new Sampler(request.Sampling);
        _submitted = clock.GetTimestamp();
        MaxTokens = maxTokens;
        // As many chunks as tokens at most, and one more at the end: what a slow reader leaves is bounded.
        _channel = Channel.CreateBounded<GenerationChunk>(new BoundedChannelOptions(maxTokens + 1) { SingleWriter = true, SingleReader = true });
        _activity = InferenceTelemetry.StartDetached("generate", null);
        _activity?.SetTag(InferenceTelemetry.RequestModel, model);
        _activity?.SetTag(InferenceTelemetry.InputTokens, _prompt.Length);
    }

    public ChannelReader<GenerationChunk> Chunks => _channel.Reader;

    public int MaxTokens { get; }

    public int PromptTokens => _prompt.Length;

    public int CompletionTokens { get; private set; }

    public bool IsCancelled => _cancelled;

    /// <summary>Whether tokens that are known already, those of the prompt as a rule, are still to be run.</summary>
    public bool IsPrefilling => _prefillDone < _prefill.Length;

    public int PrefillTokensLeft => _prefill.Length - _prefillDone;

    /// <summary>Set while it takes part in steps.</summary>
    public IDecoderSequence? Sequence { get; set; }

    /// <summary>[vocabulary], while it takes part in steps.</summary>
    public float[] Logits { get; set; } = [];

    public TimeSpan Elapsed => _clock.GetElapsedTime(_submitted);

    public void Cancel() => _cancelled = true;

    /// <summary>
    /// Gives its room back and will run again from the beginning, prompt and all that was generated: the same tokens give
    /// the same logits, so that nobody sees it in the text.
    /// </summary>
    public void Preempt()
    {
        Sequence?.Dispose();
        Sequence = null;
        _prefill = [.. _prompt, .. _generated];
        _prefillDone = 0;
        _decoding = false;
        EndPhase();
    }

    /// <summary>The next piece of what is known already, or the token that was chosen last.</summary>
    public DecoderInput NextInput(int prefillTokens)
    {
        if (_prefillDone == 0)
        {
            StartPhase("engine.prefill");
        }

        _phaseSteps++;
        if (!IsPrefilling)
        {
            return new DecoderInput(Sequence!, _next, Logits);
        }

        ReadOnlyMemory<int> piece = _prefill.AsMemory(_prefillDone, prefillTokens);
        _prefillDone += prefillTokens;
        InferenceTelemetry.PromptTokens.Add(prefillTokens);
        return new DecoderInput(Sequence!, piece, IsPrefilling ? default : Logits);
    }

    /// <summary>After a step that gave logits: chooses a token and hands on what is certain. True when it was the last.</summary>
    public bool TakeToken(Candidates candidates)
    {
        int id = _sampler.Next(Logits, candidates);
        _next[0] = id;
        _newIds.Add(id);
        _generated.Add(id);
        if (_request.LogProbabilities)
        {
            _newLogProbabilities.Add(Sampler.LogProbability(Logits, id));
        }

        CompletionTokens++;
        InferenceTelemetry.GeneratedTokens.Add(1);
        if (CompletionTokens == 1)
        {
            _firstToken = _clock.GetTimestamp();
            InferenceTelemetry.TimeToFirstToken.Record(_clock.GetElapsedTime(_submitted, _firstToken).TotalSeconds, ModelTag());
        }

        if (!_decoding)
        {
            _decoding = true;
            StartPhase("engine.decode");
        }

        bool ended = _eos.Contains(id);
        string text = ended ? "" : _stops.Push(_text.Step(id) ?? "");
        FinishReason? reason = ended || _stops.Stopped ? FinishReason.Stop
            : CompletionTokens == MaxTokens ? FinishReason.Length
            : null;
        if (reason is not null && !_stops.Stopped)
        {
            text += _stops.Push(_text.Flush() ?? "");
            reason = _stops.Stopped ? FinishReason.Stop : reason;
            text += _stops.Flush();
        }

        if (text.Length > 0 || reason is not null)
        {
            Send(text, reason);
        }

        return reason is not null;
    }

    /// <summary>It leaves the engine: frees its room, ends its spans and its stream.</summary>
    public void Leave(string outcome, Exception? error)
    {
        Sequence?.Dispose();
        Sequence = null;
        if (CompletionTokens > 1)
        {
            double seconds = _clock.GetElapsedTime(_firstToken).TotalSeconds;
            InferenceTelemetry.TimePerOutputToken.Record(seconds / (CompletionTokens - 1), ModelTag());
        }

        EndPhase();
        _activity?.SetTag(InferenceTelemetry.OutputTokens, CompletionTokens);
        _activity?.SetTag(InferenceTelemetry.FinishReasons, new[] { outcome });
        if (error is not null)
        {
            _activity?.SetStatus(ActivityStatusCode.Error, error.GetType().Name);
        }

        InferenceTelemetry.StopDetached(_activity);
        _channel.Writer.TryComplete(error);
    }

    private void Send(string text, FinishReason? reason)
    {
        _channel.Writer.TryWrite(new GenerationChunk(
            text, [.. _newIds], [.. _newLogProbabilities], reason, _prompt.Length, CompletionTokens));
        _newIds.Clear();
        _newLogProbabilities.Clear();
    }

    private void StartPhase(string name)
    {
        EndPhase();
        if (_activity is not null)
        {
            _phase = InferenceTelemetry.StartDetached(name, _activity);
        }
    }

    private void EndPhase()
    {
        _phase?.SetTag(InferenceTelemetry.InputTokens, _prompt.Length);
        _phase?.SetTag(InferenceTelemetry.OutputTokens, CompletionTokens);
        _phase?.SetTag(InferenceTelemetry.Steps, _phaseSteps);
        InferenceTelemetry.StopDetached(_phase);
        _phase = null;
        _phaseSteps = 0;
    }

    private KeyValuePair<string, object?> ModelTag() => new(InferenceTelemetry.RequestModel, _model);
}
