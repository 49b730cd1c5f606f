namespace LlmPlatform.ServiceDefaults.Identity;

/// <summary>The internal token that calls of this process to other services carry.</summary>
public interface ICallerTokens
{
    /// <summary>
    /// Whose token calls carry now: of the scope begun by <see cref="ActAs"/>; else of the request at hand; null when
    /// there is neither. Work that outlives its request keeps it and acts as it.
    /// </summary>
    CallerIdentity? Caller { get; }

    /// <summary>
    /// The token for the work at hand: minted for the scope or at the edge, forwarded by a service; null without a caller.
    /// </summary>
    string? GetToken();

    /// <summary>
    /// Calls made until the scope is disposed carry tokens of <paramref name="caller"/>, minted anew for each call: for
    /// background work that knows its tenant from a row. Flows with async code.
    /// </summary>
    IDisposable ActAs(CallerIdentity caller);
}
