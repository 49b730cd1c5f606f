namespace LlmPlatform.Inference.Decoders;

/// <summary>
/// What runs a decoder network for several sequences at once. It speaks of sequences and room, not of pages: how keys and
/// values are kept is its own affair. The scheduler calls it from one thread at a time.
/// </summary>
public interface IDecoderBackend : IDisposable
{
    /// <summary>Logits of a step: one for each id.</summary>
    int VocabularySize { get; }

    /// <summary>Positions one sequence can have at most.</summary>
    int ContextLength { get; }

    /// <summary>The room for keys and values.</summary>
    DecoderCapacity Capacity { get; }

    /// <summary>Bytes of weights held in memory; 0 where the backend does not tell.</summary>
    long WeightBytes => 0;

    /// <summary>
    /// Opens a sequence with room for <paramref name="promptTokens"/> and <paramref name="newTokens"/>, or returns null
    /// when that much is not free now. Disposing it frees the room at once.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">More than <see cref="ContextLength"/> in all, or nothing.</exception>
    IDecoderSequence? TryOpen(int promptTokens, int newTokens);

    /// <summary>
    /// Runs the next tokens of each sequence: a piece of a prompt or one new token. A sequence is in a step at most once.
    /// The result for one sequence does not depend on the others or on how its prompt was cut.
    /// </summary>
    void Step(IReadOnlyList<DecoderInput> inputs);
}

/// <summary>A sequence that a backend keeps.</summary>
public interface IDecoderSequence : IDisposable
{
    /// <summary>Tokens run so far.</summary>
    int Length { get; }

    /// <summary>
    /// Sees to it that there is room for <paramref name="tokens"/> in all. False, and nothing has changed, when that much is
    /// not free now. Between steps only.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">More than <see cref="IDecoderBackend.ContextLength"/>.</exception>
    bool TryMakeRoom(int tokens);
}

/// <summary>The part of one sequence in a step.</summary>
/// <param name="Sequence">Of the same backend.</param>
/// <param name="Tokens">The ids that follow what was run; at least one.</param>
/// <param name="Logits">Receives the logits after the last of them, [vocabulary]; empty when nobody needs them.</param>
public readonly record struct DecoderInput(IDecoderSequence Sequence, ReadOnlyMemory<int> Tokens, Memory<float> Logits);

/// <summary>Room for keys and values, in tokens.</summary>
/// <param name="TotalTokens">In all.</param>
/// <param name="FreeTokens">Not set aside for a sequence.</param>
public readonly record struct DecoderCapacity(long TotalTokens, long FreeTokens);
