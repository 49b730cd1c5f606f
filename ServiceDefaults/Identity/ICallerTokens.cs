namespace LlmPlatform.ServiceDefaults.Identity;

/// <summary>The internal token that calls of this process to other services carry.</summary>
public interface ICallerTokens
{
    /// <summary>
    /// The token for the work at hand: of the scope begun by <see cref="ActAs"/>; else of the request at hand (forwarded
    /// by a service, minted at the edge); null when there is neither.
    /// </summary>
    string? GetToken();

    /// <summary>
    /// Calls made until the scope is disposed carry tokens of <paramref name="caller"/>, minted anew for each call: for
    /// background work that knows its tenant from a row. Flows with async code.
    /// </summary>
    IDisposable ActAs(CallerIdentity caller);
}
