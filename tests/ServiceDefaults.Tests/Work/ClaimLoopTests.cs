using LlmPlatform.ServiceDefaults.Work;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LlmPlatform.ServiceDefaults.Tests.Work;

public sealed class ClaimLoopTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Sweep = TimeSpan.FromMinutes(10);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_begins_when_the_application_has_started_and_works_until_nothing_is_left()
    {
        using Lifetime lifetime = new();
        FakeTimeProvider clock = new();
        using WorkSignal signal = new(clock);
        using CountingLoop loop = new(signal, lifetime, clock) { Left = 3 };
        await loop.StartAsync(Ct);
        await Task.Delay(100, Ct);
        Assert.Equal(0, loop.Calls);

        lifetime.Start();
        await loop.WaitForAsync(4);
        Assert.Equal(0, loop.Left);
        await loop.StopAsync(Ct);
    }

    [Fact]
    public async Task A_nudge_wakes_it_and_without_one_it_sleeps_until_the_sweep()
    {
        using Lifetime lifetime = new();
        lifetime.Start();
        FakeTimeProvider clock = new();
        using WorkSignal signal = new(clock);
        using CountingLoop loop = new(signal, lifetime, clock);
        await loop.StartAsync(Ct);
        await loop.WaitForAsync(1);

        loop.Left = 1;
        clock.Advance(Sweep - TimeSpan.FromSeconds(1));
        await Task.Delay(200, Ct);
        Assert.Equal(1, loop.Left);

        signal.Wake();
        await loop.WaitForAsync(3);
        Assert.Equal(0, loop.Left);

        loop.Left = 1;
        await Task.Delay(100, Ct);
        clock.Advance(Sweep);
        await loop.WaitForAsync(5);
        Assert.Equal(0, loop.Left);
        await loop.StopAsync(Ct);
    }

    [Fact]
    public async Task Wakes_before_anyone_looks_count_as_one()
    {
        using WorkSignal signal = new(TimeProvider.System);
        signal.Wake();
        signal.Wake();
        Assert.True(await signal.WaitAsync(TimeSpan.FromSeconds(10), Ct));
        Assert.False(await signal.WaitAsync(TimeSpan.FromMilliseconds(50), Ct));
    }

    [Fact]
    public async Task A_pass_that_fails_is_tried_again_after_a_pause()
    {
        using Lifetime lifetime = new();
        lifetime.Start();
        FakeTimeProvider clock = new();
        using WorkSignal signal = new(clock);
        using CountingLoop loop = new(signal, lifetime, clock) { Left = 1, Failures = 1 };
        await loop.StartAsync(Ct);
        await loop.WaitForAsync(1);
        await Task.Delay(100, Ct);
        Assert.Equal(1, loop.Calls);
        clock.Advance(TimeSpan.FromSeconds(1));
        await loop.WaitForAsync(3);
        Assert.Equal(0, loop.Left);
        await loop.StopAsync(Ct);
    }

    private sealed class CountingLoop(WorkSignal signal, IHostApplicationLifetime lifetime, TimeProvider clock)
        : ClaimLoop(signal, Sweep, lifetime, clock, NullLogger.Instance)
    {
        public int Calls;
        public int Left;
        public int Failures;

        public async Task WaitForAsync(int calls)
        {
            DateTime limit = DateTime.UtcNow + Patience;
            while (Volatile.Read(ref Calls) < calls)
            {
                Assert.True(DateTime.UtcNow < limit, $"{Calls} of {calls} calls");
                await Task.Delay(10, Ct);
            }
        }

        protected override Task<bool> WorkOneAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref Calls);
            if (Failures > 0)
            {
                Failures--;
                throw new InvalidOperationException("as asked");
            }

            if (Left == 0)
            {
                return Task.FromResult(false);
            }

            Left--;
            return Task.FromResult(true);
        }
    }

    private sealed class Lifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _started = new();

        public CancellationToken ApplicationStarted => _started.Token;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void Start() => _started.Cancel();

        public void StopApplication()
        {
        }

        public void Dispose() => _started.Dispose();
    }
}
