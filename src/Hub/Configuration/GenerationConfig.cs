using System.Collections.Immutable;

namespace LlmPlatform.Hub.Configuration;

/// <summary>generation_config.json: what the model's makers recommend. Null means that the file says nothing.</summary>
public sealed record GenerationConfig
{
    /// <summary>First token of a text.</summary>
    public int? BosTokenId { get; init; }

    /// <summary>Tokens that end a text; empty where the file names none.</summary>
    public ImmutableArray<int> EosTokenIds { get; init; } = [];

    /// <summary>Token that fills.</summary>
    public int? PadTokenId { get; init; }

    /// <summary>Whether to sample at all; false is greedy.</summary>
    public bool? DoSample { get; init; }

    /// <summary>Divisor of the logits.</summary>
    public double? Temperature { get; init; }

    /// <summary>How many of the best tokens remain.</summary>
    public int? TopK { get; init; }

    /// <summary>How much probability the remaining tokens have.</summary>
    public double? TopP { get; init; }

    /// <summary>Tokens to generate.</summary>
    public int? MaxNewTokens { get; init; }

    /// <summary>Reads generation_config.json.</summary>
    /// <exception cref="InvalidModelFileException">A value is wrong.</exception>
    public static GenerationConfig From(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return new GenerationConfig
        {
            BosTokenId = config.FindInt32("bos_token_id"),
            EosTokenIds = config.FindInt32s("eos_token_id"),
            PadTokenId = config.FindInt32("pad_token_id", min: -1),
            DoSample = config.Has("do_sample") ? config.GetBoolean("do_sample", false) : null,
            Temperature = config.FindDouble("temperature"),
            TopK = config.FindInt32("top_k"),
            TopP = config.FindDouble("top_p"),
            MaxNewTokens = config.FindInt32("max_new_tokens"),
        };
    }
}
