namespace LlmPlatform.Tokenization;

/// <summary>
/// A text or a list of ids that a valid tokenizer cannot process: for example an unknown word where the model has no
/// unknown token, or a truncation that leaves no room.
/// </summary>
public sealed class TokenizationException : Exception
{
    /// <summary>An error without details; prefer the other constructors.</summary>
    public TokenizationException()
        : base("The text cannot be tokenized.")
    {
    }

    /// <summary>An error with its message.</summary>
    public TokenizationException(string message)
        : base(message)
    {
    }

    /// <summary>An error with its message and its cause.</summary>
    public TokenizationException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
