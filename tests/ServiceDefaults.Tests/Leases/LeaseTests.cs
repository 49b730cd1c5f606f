using LlmPlatform.ServiceDefaults.Data;
using LlmPlatform.ServiceDefaults.Leases;
using LlmPlatform.ServiceDefaults.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.ServiceDefaults.Tests.Leases;

public sealed class LeaseTests : IAsyncLifetime
{
    private static readonly DateTime Now = new(2026, 5, 4, 3, 2, 1, DateTimeKind.Utc);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly TemporaryFolder _temporary = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await using JobsContext context = Open();
        await context.Database.EnsureCreatedAsync(Ct);
        context.Add(new Job { Id = "one" });
        await context.SaveChangesAsync(Ct);
    }

    public ValueTask DisposeAsync()
    {
        SqliteConnection.ClearAllPools();
        _temporary.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Of_many_that_claim_at_once_one_succeeds()
    {
        bool[] claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(async worker =>
        {
            await using JobsContext context = Open();
            return await One(context).TryClaimAsync(0, $"worker {worker}", Now, Minute, Ct);
        }));
        Assert.Single(claims, claimed => claimed);
        Assert.Equal(1, (await ReadAsync()).LeaseEpoch);
    }

    [Fact]
    public async Task A_lease_can_be_renewed_until_somebody_else_claims_it()
    {
        await using JobsContext context = Open();
        Assert.True(await One(context).TryClaimAsync(0, "first", Now, Minute, Ct));
        Assert.True(await One(context).RenewAsync(1, Now + (2 * Minute), Ct));
        Assert.False(await One(context).TryClaimAsync(1, "second", Now + Minute, Minute, Ct));
        Assert.True(await One(context).TryClaimAsync(1, "second", Now + (3 * Minute), Minute, Ct));

        Assert.False(await One(context).RenewAsync(1, Now + (9 * Minute), Ct));
        Job job = await ReadAsync();
        Assert.Equal(("second", 2), (job.LeaseOwner, job.LeaseEpoch));
        Assert.Equal(Now + (4 * Minute), job.LeasedUntil);
    }

    [Fact]
    public async Task A_start_takes_every_lease_away_and_the_old_holder_can_write_nothing()
    {
        await using JobsContext context = Open();
        Assert.True(await One(context).TryClaimAsync(0, "before the crash", Now, Minute, Ct));
        Assert.Equal(1, await context.Jobs.ReleaseAllAsync(Ct));
        Assert.Equal(0, await context.Jobs.ReleaseAllAsync(Ct));

        Assert.False(await One(context).RenewAsync(1, Now + Minute, Ct));
        Assert.Equal(0, await One(context).Where(job => job.LeaseEpoch == 1).ExecuteUpdateAsync(update => update.SetProperty(job => job.Result, "late"), Ct));
        Assert.True(await One(context).TryClaimAsync(2, "after it", Now, Minute, Ct));
        Assert.Null((await ReadAsync()).Result);
    }

    private static IQueryable<Job> One(JobsContext context) => context.Jobs.Where(job => job.Id == "one");

    private async Task<Job> ReadAsync()
    {
        await using JobsContext context = Open();
        return await context.Jobs.AsNoTracking().SingleAsync(Ct);
    }

    private JobsContext Open() => new(new DbContextOptionsBuilder<JobsContext>().UsePlatformSqlite(_temporary.Combine("jobs.db")).Options);

    private sealed class JobsContext(DbContextOptions options) : PlatformDbContext(options)
    {
        public DbSet<Job> Jobs => Set<Job>();
    }

    private sealed class Job : ILeasedRow
    {
        public required string Id { get; set; }

        public string? Result { get; set; }

        public string? LeaseOwner { get; set; }

        public long LeaseEpoch { get; set; }

        public DateTime? LeasedUntil { get; set; }
    }
}
