using System.Net;

namespace LlmPlatform.Hub.Pull;

/// <summary>Which failures are worth another attempt, and when. Counts failures in a row.</summary>
internal sealed class RetryPolicy(HubClientOptions options, TimeProvider clock)
{
    private int _failures;

    public static bool IsTransient(HttpStatusCode status) => status
        is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError
        or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    public static bool IsTransient(Exception error) => error is HttpRequestException or TimeoutException;

    public void Succeeded() => _failures = 0;

    /// <summary>Waits for the next attempt, or gives up.</summary>
    /// <param name="what">What is being fetched, for the message.</param>
    /// <param name="why">What went wrong.</param>
    /// <param name="asked">How long the server asks to wait.</param>
    /// <param name="status">What the server answered.</param>
    /// <param name="error">The error below.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="HubException">It was the last attempt.</exception>
    public async Task WaitAsync(string what, string why, TimeSpan? asked, HttpStatusCode? status, Exception? error, CancellationToken cancellationToken)
    {
        _failures++;
        if (_failures >= options.MaxAttempts)
        {
            throw new HubException($"{what}: {why}; gave up after {_failures} attempts. Run the same command again to go on from here", status, error);
        }

        double doubled = options.FirstDelay.TotalMilliseconds * Math.Pow(2, _failures - 1);
        TimeSpan delay = TimeSpan.FromMilliseconds(Math.Min(doubled, options.MaxDelay.TotalMilliseconds));
        if (asked is { } longer && longer > delay)
        {
            delay = longer < options.MaxDelay ? longer : options.MaxDelay;
        }

        await Task.Delay(delay, clock, cancellationToken);
    }

    /// <summary>The answer's Retry-After.</summary>
    public TimeSpan? Asked(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - clock.GetUtcNow(),
        _ => null,
    };
}
