using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.ServiceDefaults.Leases;

/// <summary>Claims and renewals, each one conditional UPDATE.</summary>
public static class LeaseExtensions
{
    /// <summary>Rows that nobody holds at <paramref name="now"/>.</summary>
    public static IQueryable<T> Claimable<T>(this IQueryable<T> rows, DateTime now)
        where T : class, ILeasedRow =>
        rows.Where(row => row.LeasedUntil == null || row.LeasedUntil < now);

    /// <summary>
    /// Claims a row: true when this call was the one that did, and then the lease's epoch is <paramref name="seenEpoch"/> + 1.
    /// </summary>
    /// <param name="row">The one row, with all other conditions that must still hold.</param>
    /// <param name="seenEpoch">The epoch that the row had when it was read.</param>
    /// <param name="owner">Who claims it.</param>
    /// <param name="now">The time by the clock that leases are kept by.</param>
    /// <param name="duration">How long the lease lasts without a renewal.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<bool> TryClaimAsync<T>(
        this IQueryable<T> row, long seenEpoch, string owner, DateTime now, TimeSpan duration, CancellationToken cancellationToken)
        where T : class, ILeasedRow
    {
        DateTime until = now + duration;
        return await row.Claimable(now).Where(one => one.LeaseEpoch == seenEpoch).ExecuteUpdateAsync(
            update => update
                .SetProperty(one => one.LeaseOwner, owner)
                .SetProperty(one => one.LeaseEpoch, seenEpoch + 1)
                .SetProperty(one => one.LeasedUntil, until),
            cancellationToken) > 0;
    }

    /// <summary>Makes a lease last longer; false: it was lost, and the work must stop.</summary>
    public static async Task<bool> RenewAsync<T>(this IQueryable<T> row, long epoch, DateTime until, CancellationToken cancellationToken)
        where T : class, ILeasedRow =>
        await row.Where(one => one.LeaseEpoch == epoch && one.LeasedUntil != null)
            .ExecuteUpdateAsync(update => update.SetProperty(one => one.LeasedUntil, until), cancellationToken) > 0;

    /// <summary>
    /// Takes every lease away: for the start of a process that knows itself alone. The epochs grow, so what still runs
    /// somewhere can write nothing.
    /// </summary>
    public static Task<int> ReleaseAllAsync<T>(this IQueryable<T> rows, CancellationToken cancellationToken)
        where T : class, ILeasedRow =>
        rows.Where(row => row.LeasedUntil != null).ExecuteUpdateAsync(
            update => update
                .SetProperty(row => row.LeaseOwner, (string?)null)
                .SetProperty(row => row.LeaseEpoch, row => row.LeaseEpoch + 1)
                .SetProperty(row => row.LeasedUntil, (DateTime?)null),
            cancellationToken);
}
