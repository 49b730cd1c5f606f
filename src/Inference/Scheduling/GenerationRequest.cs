using LlmPlatform.Inference.Sampling;

namespace LlmPlatform.Inference.Scheduling;

/// <summary>A prompt to be continued.</summary>
public sealed record GenerationRequest
{
    /// <summary>Stop strings a request may have at most.</summary>
    public const int MaxStopStrings = 16;

    /// <summary>The prompt; at least one id, each in the vocabulary.</summary>
    public required IReadOnlyList<int> PromptIds { get; init; }

    /// <summary>How tokens are chosen.</summary>
    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>New tokens at most; at least 1. Cut to what the context has room for.</summary>
    public int MaxTokens { get; init; } = 256;

    /// <summary>Strings that end the text and are not part of it; none may be empty.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Tokens that end the text; null for those of the model.</summary>
    public IReadOnlyList<int>? EosTokenIds { get; init; }

    /// <summary>Whether special tokens leave no text.</summary>
    public bool SkipSpecialTokens { get; init; } = true;

    /// <summary>Whether chunks tell the log-probability of each token.</summary>
    public bool LogProbabilities { get; init; }

    /// <exception cref="ArgumentException">Something is missing or out of range.</exception>
    internal static void Validate(GenerationRequest request, int vocabularySize)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.PromptIds is not { Count: > 0 })
        {
            throw new ArgumentException("PromptIds must hold at least one token", nameof(request));
        }

        foreach (int id in request.PromptIds)
        {
            if ((uint)id >= (uint)vocabularySize)
            {
                throw new ArgumentOutOfRangeException(nameof(request), id, $"PromptIds must be from 0 to {vocabularySize - 1}");
            }
        }

        if (request.MaxTokens < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(request), request.MaxTokens, "MaxTokens must be at least 1");
        }

        if (request.Stop is null || request.Stop.Count > MaxStopStrings || request.Stop.Any(string.IsNullOrEmpty))
        {
            throw new ArgumentException($"Stop must be at most {MaxStopStrings} strings, none of them empty", nameof(request));
        }

        (request.Sampling ?? throw new ArgumentException("Sampling must not be null", nameof(request))).Validate();
    }
}
