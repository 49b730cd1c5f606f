namespace LlmPlatform.Hub;

/// <summary>
/// A file of a model is damaged, lies about itself or is of a kind that is refused. The message names the file, the
/// field, the value found (cut to 64 characters) and what was expected.
/// </summary>
public sealed class InvalidModelFileException : IOException
{
    /// <summary>Creates the exception for a named field of a file.</summary>
    /// <param name="file">The file's path.</param>
    /// <param name="field">The key, tensor or part of the file that is wrong; empty for the file as a whole.</param>
    /// <param name="value">What was found; null when there is nothing to show.</param>
    /// <param name="expected">What a good file has there.</param>
    /// <param name="innerException">The error of the parser below, if any.</param>
    public InvalidModelFileException(string file, string field, object? value, string expected, Exception? innerException = null)
        : base(Describe(file, field, value, expected), innerException)
    {
        File = file;
        Field = field;
    }

    /// <summary>Creates the exception with a ready message.</summary>
    public InvalidModelFileException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates the exception with a ready message.</summary>
    public InvalidModelFileException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception without details.</summary>
    public InvalidModelFileException()
        : base("a file of the model is invalid")
    {
    }

    /// <summary>The path of the file, if one is to blame.</summary>
    public string? File { get; }

    /// <summary>The key, tensor or part of the file that is wrong.</summary>
    public string? Field { get; }

    private static string Describe(string file, string field, object? value, string expected)
    {
        string place = field.Length == 0 ? Path.GetFileName(file) : $"{Path.GetFileName(file)}: {Shown.Cut(field)}";
        return value is null ? $"{place}: expected {expected}" : $"{place}: found {Shown.Cut(value)}, expected {expected}";
    }
}
