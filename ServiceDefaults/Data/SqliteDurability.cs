namespace LlmPlatform.ServiceDefaults.Data;

/// <summary>What a committed transaction survives. Both survive a process that is killed.</summary>
public enum SqliteDurability
{
    /// <summary>
    /// <c>synchronous = FULL</c>: a commit also survives a loss of power, at the price of one flush of the disk each.
    /// For rows that are promises: registry, keys, jobs.
    /// </summary>
    PowerLoss,

    /// <summary>
    /// <c>synchronous = NORMAL</c>: after a loss of power the database is intact but the last commits may be gone.
    /// For rows that can be made again.
    /// </summary>
    ProcessCrash,
}
