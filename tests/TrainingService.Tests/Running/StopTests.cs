using System.Diagnostics;
using Grpc.Core;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.FakeTrainingWorker;
using LlmPlatform.TrainingService.Tests.Support;

namespace LlmPlatform.TrainingService.Tests.Running;

/// <summary>Pause, resume, cancel, and the end of the service itself.</summary>
public sealed class StopTests : IAsyncLifetime
{
    private TrainingHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await TrainingHost.StartAsync(new Dictionary<string, string?> { ["Platform:DrainTimeout"] = "00:00:02" });

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_paused_job_goes_on_where_it_stopped()
    {
        Job job = await _host.CreateAsync(_host.Recipe(steps: 60, milliseconds: 20));
        await _host.WaitAsync(job.Id, one => one.Step >= 3);
        await _host.Client.PauseJobAsync(new PauseJobRequest { Id = job.Id });
        Job paused = await _host.WaitAsync(job.Id, JobStatus.Paused);
        Assert.InRange(paused.Step, 3, 59);
        Assert.Contains(job.Id, _host.Backends.Models.Holds.Keys);
        await _host.Client.PauseJobAsync(new PauseJobRequest { Id = job.Id });

        Assert.Equal(JobStatus.Queued, (await _host.Client.ResumeJobAsync(new ResumeJobRequest { Id = job.Id })).Status);
        List<JobEvent> events = await _host.WatchAsync(job.Id);
        Assert.Equal(Enumerable.Range(1, 60).Select(step => (long)step), events.Steps());
        Assert.Contains(events, one => one.Message?.Text.Contains($"step {paused.Step + 1} of 60 is the first", StringComparison.Ordinal) == true);
        await JobCalls.RefusedAsync(StatusCode.FailedPrecondition, async () => await _host.Client.PauseJobAsync(new PauseJobRequest { Id = job.Id }));
        await JobCalls.RefusedAsync(StatusCode.FailedPrecondition, async () => await _host.Client.ResumeJobAsync(new ResumeJobRequest { Id = job.Id }));
        await JobCalls.RefusedAsync(StatusCode.FailedPrecondition, async () => await _host.Client.CancelJobAsync(new CancelJobRequest { Id = job.Id }));
    }

    [Fact]
    public async Task A_waiting_job_is_paused_at_once_and_cancelled_at_once()
    {
        Job busy = await _host.CreateAsync(_host.Recipe(FakeBehavior.Hang));
        await _host.WaitAsync(busy.Id, JobStatus.Running);
        Job waiting = await _host.CreateAsync(_host.Recipe());
        Assert.Equal(JobStatus.Paused, (await _host.Client.PauseJobAsync(new PauseJobRequest { Id = waiting.Id })).Status);
        Assert.Equal(JobStatus.Queued, (await _host.Client.ResumeJobAsync(new ResumeJobRequest { Id = waiting.Id })).Status);
        Assert.Equal(JobStatus.Cancelled, (await _host.Client.CancelJobAsync(new CancelJobRequest { Id = waiting.Id })).Status);
        Assert.DoesNotContain(waiting.Id, _host.Backends.Models.Holds.Keys);
        Assert.Equal(JobStatus.Cancelled, (await _host.Client.CancelJobAsync(new CancelJobRequest { Id = waiting.Id })).Status);
    }

    [Fact]
    public async Task A_cancelled_job_loses_its_child_and_its_checkpoints()
    {
        Job job = await _host.CreateAsync(_host.Recipe(steps: 100_000, milliseconds: 5));
        await _host.WaitAsync(job.Id, one => one.Step >= 6);
        string checkpoints = Path.Combine(_host.DataFolder, "training", "checkpoints", job.Id);
        Assert.True(Directory.Exists(checkpoints));
        Assert.Equal(JobStatus.Cancelled, (await _host.Client.CancelJobAsync(new CancelJobRequest { Id = job.Id })).Status);
        await JobCalls.TrueAsync(() => !Directory.Exists(checkpoints) && _host.Backends.Models.Holds.IsEmpty, "all of it is removed");
        Job after = await _host.WaitAsync(job.Id, JobStatus.Cancelled);
        await JobCalls.RefusedAsync(StatusCode.FailedPrecondition, async () => await _host.Client.ResumeJobAsync(new ResumeJobRequest { Id = job.Id }));

        // The next job finds the worker free.
        await _host.WaitAsync((await _host.CreateAsync(_host.Recipe())).Id, JobStatus.Succeeded);
        Assert.Equal(after.Step, (await _host.Client.GetJobAsync(new GetJobRequest { Id = job.Id })).Step);
    }

    [Fact]
    public async Task A_child_that_hangs_is_killed_when_its_job_is_cancelled()
    {
        Job job = await _host.CreateAsync(_host.Recipe(FakeBehavior.Hang));
        await _host.WaitAsync(job.Id, JobStatus.Running);
        await _host.Client.CancelJobAsync(new CancelJobRequest { Id = job.Id });
        await _host.WaitAsync((await _host.CreateAsync(_host.Recipe())).Id, JobStatus.Succeeded);
    }

    [Fact]
    public async Task A_service_that_ends_stops_its_child_with_a_checkpoint_and_goes_on_later()
    {
        Job job = await _host.CreateAsync(_host.Recipe(steps: 80, milliseconds: 20));
        await _host.WaitAsync(job.Id, one => one.Step >= 3);
        await _host.StopServiceAsync();
        await _host.StartServiceAsync();
        List<JobEvent> events = await _host.WatchAsync(job.Id);
        Assert.Equal(Enumerable.Range(1, 80).Select(step => (long)step), events.Steps());

        // Stopped as told, it lost nothing: the first checkpoint after the stop is not one of every five.
        Assert.Equal(
            [JobStatus.Queued, JobStatus.Preparing, JobStatus.Running, JobStatus.Queued, JobStatus.Preparing, JobStatus.Running, JobStatus.Succeeded],
            events.Where(one => one.Status is not null).Select(one => one.Status.Status));
    }

    [Fact]
    public async Task A_child_that_does_not_stop_is_killed_after_the_drain_timeout()
    {
        Job job = await _host.CreateAsync(_host.Recipe(FakeBehavior.Hang));
        await _host.WaitAsync(job.Id, JobStatus.Running);
        long start = Stopwatch.GetTimestamp();
        await _host.StopServiceAsync();
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 20);
        await _host.StartServiceAsync();
        await _host.WaitAsync(job.Id, JobStatus.Running);
    }
}
