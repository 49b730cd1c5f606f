using LlmPlatform.Inference.Scheduling;

namespace LlmPlatform.GenerationService;

/// <summary>Settings of the generation service, <c>Platform:Generation</c>.</summary>
public sealed class GenerationOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Platform:Generation";

    /// <summary>
    /// Bytes for keys and values of each loaded model at most, taken as they are needed. Default: 1 GiB, or an eighth of the
    /// memory that this process may use where that is less.
    /// </summary>
    public long KvCacheBytes { get; set; } = Math.Min(1L << 30, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 8);

    /// <summary>Sequences of a model that are stepped together at most.</summary>
    public int MaxActiveSequences { get; set; } = 32;

    /// <summary>Requests to a model that wait at most; one more is answered RESOURCE_EXHAUSTED.</summary>
    public int MaxWaitingSequences { get; set; } = 128;

    /// <summary>Tokens of a step at most: one for each sequence that generates, the rest for prompts.</summary>
    public int StepTokens { get; set; } = 128;

    /// <summary>Threads of each loaded model; not set: as many as there are physical cores.</summary>
    public int? Threads { get; set; }

    /// <summary>UTF-16 code units of a prompt, or of all messages together, at most.</summary>
    public int MaxPromptCharacters { get; set; } = 1 << 20;

    /// <summary>Models to load at start, before the service says that it is ready.</summary>
    public IList<string> Preload { get; } = [];

    /// <summary>Reads and checks the section.</summary>
    /// <exception cref="InvalidOperationException">A value is wrong; the message names it.</exception>
    public static GenerationOptions From(IConfiguration configuration)
    {
        GenerationOptions options = new();
        configuration.GetSection(Section).Bind(options);
        Require(options.KvCacheBytes > 0, nameof(KvCacheBytes), options.KvCacheBytes);
        Require(options.MaxActiveSequences > 0, nameof(MaxActiveSequences), options.MaxActiveSequences);
        Require(options.MaxWaitingSequences > 0, nameof(MaxWaitingSequences), options.MaxWaitingSequences);
        Require(options.StepTokens > 0, nameof(StepTokens), options.StepTokens);
        Require(options.Threads is null or > 0, nameof(Threads), options.Threads ?? 0);
        Require(options.MaxPromptCharacters > 0, nameof(MaxPromptCharacters), options.MaxPromptCharacters);
        return options;
    }

    internal GenerationEngineOptions ToEngineOptions() => new()
    {
        Threads = Threads,
        KvCacheBytes = KvCacheBytes,
        MaxActiveSequences = MaxActiveSequences,
        MaxWaitingSequences = MaxWaitingSequences,
        StepTokens = StepTokens,
    };

    private static void Require(bool condition, string key, long value)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"{Section}:{key} is {value}, expected a number above 0");
        }
    }
}
