namespace LlmPlatform.Tokenization;

/// <summary>
/// A tokenizer.json that cannot be used. The message names the file, the field, the value (cut to 64 characters) and what
/// was expected there.
/// </summary>
public sealed class InvalidTokenizerException : Exception
{
    private const int MaxValueLength = 64;

    /// <summary>An error without details; prefer the other constructors.</summary>
    public InvalidTokenizerException()
        : base("The tokenizer is not valid.")
    {
    }

    /// <summary>An error with a finished message.</summary>
    public InvalidTokenizerException(string message)
        : base(message)
    {
    }

    /// <summary>An error with a finished message and its cause.</summary>
    public InvalidTokenizerException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>An error about one field of a file.</summary>
    /// <param name="file">The file's path, or a name for a stream.</param>
    /// <param name="field">The path of the field, for example <c>model.merges[3]</c>.</param>
    /// <param name="value">The value found; it is cut to 64 characters.</param>
    /// <param name="expected">What was expected instead.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public InvalidTokenizerException(string file, string field, string value, string expected, Exception? innerException = null)
        : base($"{file}: {field}: {Cut(value)}: expected {expected}", innerException)
    {
        File = file;
        Field = field;
    }

    /// <summary>The file, where it is known.</summary>
    public string? File { get; }

    /// <summary>The field within the file, where it is known.</summary>
    public string? Field { get; }

    private static string Cut(string value)
    {
        if (value.Length <= MaxValueLength)
        {
            return value;
        }

        int length = char.IsHighSurrogate(value[MaxValueLength - 1]) ? MaxValueLength - 1 : MaxValueLength;
        return value[..length] + "…";
    }
}
