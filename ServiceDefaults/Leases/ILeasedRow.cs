namespace LlmPlatform.ServiceDefaults.Leases;

/// <summary>
/// A row of work that one worker at a time may hold. Every claim increments the epoch, and every write of the worker says
/// <c>WHERE lease_epoch = its own</c>: one that lost its lease and wakes again can write nothing.
/// </summary>
public interface ILeasedRow
{
    /// <summary>Who holds it; null: nobody.</summary>
    string? LeaseOwner { get; set; }

    /// <summary>Grows with every claim and release.</summary>
    long LeaseEpoch { get; set; }

    /// <summary>When the lease lapses unless it is renewed; null: nobody holds it.</summary>
    DateTime? LeasedUntil { get; set; }
}
