namespace LlmPlatform.Hub.Pull;

/// <summary>Where models come from and how patiently they are fetched.</summary>
public sealed record HubClientOptions
{
    /// <summary>The server; <c>HF_ENDPOINT</c>.</summary>
    public Uri Endpoint { get; init; } = new("https://huggingface.co");

    /// <summary>The bearer token; <c>HF_TOKEN</c>. It is sent to the endpoint alone, never to where it redirects.</summary>
    public string? Token { get; init; }

    /// <summary>How often in a row a request may fail before the pull does. A mebibyte of progress starts the count anew.</summary>
    public int MaxAttempts { get; init; } = 6;

    /// <summary>The pause after the first failure; it doubles with each further one.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause, also where the server asks for a longer one.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a server may be silent before the connection counts as lost.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Takes <c>HF_ENDPOINT</c> and <c>HF_TOKEN</c> from the environment.</summary>
    /// <exception cref="HubException"><c>HF_ENDPOINT</c> is no http or https address.</exception>
    public static HubClientOptions FromEnvironment() => From(Environment.GetEnvironmentVariable);

    internal static HubClientOptions From(Func<string, string?> variable)
    {
        HubClientOptions options = new();
        if (variable("HF_ENDPOINT")?.Trim() is { Length: > 0 } endpoint)
        {
            options = Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? uri) && (uri.Scheme is "http" or "https")
                ? options with { Endpoint = uri }
                : throw new HubException($"HF_ENDPOINT: found {Shown.Cut(endpoint)}, expected an address that begins with https:// or http://");
        }

        return variable("HF_TOKEN")?.Trim() is { Length: > 0 } token ? options with { Token = token } : options;
    }
}
