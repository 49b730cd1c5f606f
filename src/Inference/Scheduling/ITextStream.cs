using LlmPlatform.Tokenization;

namespace LlmPlatform.Inference.Scheduling;

/// <summary>Turns the ids of one sequence into text, whole characters at a time.</summary>
internal interface ITextStream
{
    /// <summary>The text that has become certain, or null.</summary>
    string? Step(int id);

    /// <summary>What was held back at the end, or null.</summary>
    string? Flush();
}

/// <summary>By the model's tokenizer.</summary>
internal sealed class TokenizerTextStream(Tokenizer tokenizer, bool skipSpecialTokens) : ITextStream
{
    private readonly DecodeStream _stream = new(tokenizer, skipSpecialTokens);

    public string? Step(int id) => _stream.Step(id);

    public string? Flush() => _stream.Flush();
}
