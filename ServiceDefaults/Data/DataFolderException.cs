namespace LlmPlatform.ServiceDefaults.Data;

/// <summary>The data folder cannot be used; the message says why in one line.</summary>
public sealed class DataFolderException : IOException
{
    /// <summary>Creates the exception.</summary>
    public DataFolderException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    public DataFolderException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates the exception without details.</summary>
    public DataFolderException()
        : base("the data folder cannot be used")
    {
    }
}
