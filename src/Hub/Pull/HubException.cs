using System.Net;

namespace LlmPlatform.Hub.Pull;

/// <summary>A model could not be fetched. The message says what to do; it holds neither the token nor signed addresses.</summary>
public sealed class HubException : IOException
{
    /// <summary>Creates the exception.</summary>
    public HubException(string message, HttpStatusCode? statusCode = null, Exception? innerException = null)
        : base(message, innerException) => StatusCode = statusCode;

    /// <summary>Creates the exception.</summary>
    public HubException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates the exception.</summary>
    public HubException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception without details.</summary>
    public HubException()
        : base("the model could not be fetched")
    {
    }

    /// <summary>What the server answered, if it did.</summary>
    public HttpStatusCode? StatusCode { get; }
}
