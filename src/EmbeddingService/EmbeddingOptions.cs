using LlmPlatform.Inference.Encoders;

namespace LlmPlatform.EmbeddingService;

/// <summary>Settings of the embedding service, <c>Platform:Embedding</c>.</summary>
public sealed class EmbeddingOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Platform:Embedding";

    /// <summary>Threads of each loaded model; not set: as many as there are physical cores.</summary>
    public int? Threads { get; set; }

    /// <summary>Tokens that are run together at most.</summary>
    public int BatchTokens { get; set; } = 1024;

    /// <summary>Calls to a model that may be under way; one more is answered RESOURCE_EXHAUSTED.</summary>
    public int MaxCalls { get; set; } = 64;

    /// <summary>Reads and checks the section.</summary>
    /// <exception cref="InvalidOperationException">A value is wrong; the message names it.</exception>
    public static EmbeddingOptions From(IConfiguration configuration)
    {
        EmbeddingOptions options = new();
        configuration.GetSection(Section).Bind(options);
        Require(options.Threads is null or > 0, nameof(Threads), options.Threads ?? 0);
        Require(options.BatchTokens > 0, nameof(BatchTokens), options.BatchTokens);
        Require(options.MaxCalls > 0, nameof(MaxCalls), options.MaxCalls);
        return options;
    }

    internal SentenceEncoderOptions ToEncoderOptions() => new() { Threads = Threads, BatchTokens = BatchTokens, MaxCalls = MaxCalls };

    private static void Require(bool condition, string key, int value)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"{Section}:{key} is {value}, expected a number above 0");
        }
    }
}
