using Grpc.Core;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.FakeTrainingWorker;
using LlmPlatform.TrainingContracts.Checkpoints;
using LlmPlatform.TrainingService.Rows;
using LlmPlatform.TrainingService.Tests.Support;
using LlmPlatform.TrainingService.Work;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.TrainingService.Tests.Running;

/// <summary>Children that fail or are lost, leases that are lost, and processes that die.</summary>
public sealed class LossTests : IAsyncLifetime
{
    private TrainingHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await TrainingHost.StartAsync(new Dictionary<string, string?> { ["Platform:DrainTimeout"] = "00:00:02" });

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(FakeBehavior.CrashAlways, "exit code 99")]
    [InlineData(FakeBehavior.Silent, "exit code 0")]
    [InlineData(FakeBehavior.EndlessLine, "a line of more than")]
    [InlineData(FakeBehavior.BrokenLine, "its output made no sense")]
    public async Task A_child_that_is_lost_again_and_again_fails_its_job(long behavior, string told)
    {
        Job job = await _host.WaitAsync((await _host.CreateAsync(_host.Recipe(behavior))).Id, JobStatus.Failed);
        Assert.Equal("worker_lost", job.Error.Code);
        Assert.Contains(told, job.Error.Message, StringComparison.Ordinal);
        Assert.Contains("the fake worker began", job.Error.Message, StringComparison.Ordinal);
        List<JobEvent> events = await _host.WatchAsync(job.Id);
        Assert.Equal(JobRun.MaxLosses + 1, events.Count(one => one.Status?.Status == JobStatus.Running));
        Assert.Equal(events.Steps().Distinct(), events.Steps());
    }

    [Fact]
    public async Task A_child_that_is_lost_once_goes_on_from_its_checkpoint()
    {
        Job job = await _host.WaitAsync((await _host.CreateAsync(_host.Recipe(FakeBehavior.CrashOnce))).Id, JobStatus.Succeeded);
        List<JobEvent> events = await _host.WatchAsync(job.Id);
        Assert.Equal(Enumerable.Range(1, 12).Select(step => (long)step), events.Steps());
        Assert.Contains(events, one => one.Message?.Text.Contains("step 6 of 12 is the first", StringComparison.Ordinal) == true);
        Assert.Contains(events, one => one.Message is { Level: "warn" });
    }

    [Fact]
    public async Task A_checkpoint_that_was_not_told_of_is_not_gone_on_from()
    {
        Job job = await _host.WaitAsync((await _host.CreateAsync(_host.Recipe(FakeBehavior.UntoldCheckpoint))).Id, JobStatus.Succeeded);
        Assert.Equal(Enumerable.Range(1, 12).Select(step => (long)step), (await _host.WatchAsync(job.Id)).Steps());
    }

    [Fact]
    public async Task A_failure_says_its_step_and_can_be_resumed()
    {
        Job job = await _host.WaitAsync((await _host.CreateAsync(_host.Recipe(FakeBehavior.FailNan))).Id, JobStatus.Failed);
        Assert.Equal(("nan_loss", "the loss is NaN", 4L), (job.Error.Code, job.Error.Message, job.Error.Step));
        Job resumed = await _host.Client.ResumeJobAsync(new ResumeJobRequest { Id = job.Id });
        Assert.Equal((JobStatus.Queued, null, null), (resumed.Status, resumed.Error, resumed.FinishedAt));
        Job done = await _host.WaitAsync(job.Id, JobStatus.Succeeded);
        Assert.Equal(Enumerable.Range(1, 12).Select(step => (long)step), (await _host.WatchAsync(done.Id)).Steps());
    }

    [Fact]
    public async Task Bad_data_is_told_by_line_and_cannot_be_resumed()
    {
        Recipe recipe = _host.Recipe(FakeBehavior.FailData);
        Job job = await _host.WaitAsync((await _host.CreateAsync(recipe)).Id, JobStatus.Failed);
        Assert.Equal("invalid_data", job.Error.Code);
        Assert.False(job.Error.HasStep);
        DataError line = Assert.Single(job.Error.DataErrors);
        Assert.Equal((recipe.TrainingFiles[0], 17L, "expected messages"), (line.FileId, line.Line, line.Message));
        await JobCalls.RefusedAsync(StatusCode.FailedPrecondition, async () => await _host.Client.ResumeJobAsync(new ResumeJobRequest { Id = job.Id }));
        await JobCalls.TrueAsync(() => _host.Backends.Models.Holds.IsEmpty, "the base is released");
    }

    [Fact]
    public async Task A_base_that_went_away_fails_the_job_until_it_is_back()
    {
        Job busy = await _host.CreateAsync(_host.Recipe(FakeBehavior.Hang));
        await _host.WaitAsync(busy.Id, JobStatus.Running);
        Job job = await _host.CreateAsync(_host.Recipe());
        _host.Backends.Models.Remove(TrainingHost.BaseModel);
        await _host.Client.CancelJobAsync(new CancelJobRequest { Id = busy.Id });
        Job failed = await _host.WaitAsync(job.Id, JobStatus.Failed);
        Assert.Equal("base_unavailable", failed.Error.Code);
        await JobCalls.RefusedAsync(StatusCode.FailedPrecondition, async () => await _host.Client.ResumeJobAsync(new ResumeJobRequest { Id = job.Id }));
        _host.Backends.Models.Add(TrainingHost.BaseModel, ModelsState.BaseVersion);
        await _host.Client.ResumeJobAsync(new ResumeJobRequest { Id = job.Id });
        await _host.WaitAsync(job.Id, JobStatus.Succeeded);
    }

    [Fact]
    public async Task A_worker_that_lost_its_lease_writes_nothing()
    {
        Job job = await _host.CreateAsync(_host.Recipe(steps: 100_000, milliseconds: 5));
        await _host.WaitAsync(job.Id, one => one.Step >= 3);
        JobRows rows = _host.Services.GetRequiredService<JobRows>();
        JobRow row = (await rows.FindAsync(job.Id, CancellationToken.None))!;
        ClaimedJob zombie = new(row, row.LeaseEpoch);
        await _host.Client.CancelJobAsync(new CancelJobRequest { Id = job.Id });
        Assert.False(await rows.WriteAsync(zombie, change => change.SetStatus(JobStatus.Succeeded)));
        Assert.False((await rows.LookAsync(zombie, renew: true, CancellationToken.None)).Held);
        Assert.Equal(JobStatus.Cancelled, (await rows.FindAsync(job.Id, CancellationToken.None))!.Status);
    }

    [Fact]
    public async Task After_a_sudden_end_what_came_after_the_checkpoint_is_undone()
    {
        Recipe recipe = _host.Recipe(FakeBehavior.Hang, steps: 12);
        recipe.ValidationFiles.Add(_host.Backends.Files.Add(TrainingHost.Tenant, "held out\n"));
        Job job = await _host.CreateAsync(recipe);
        await _host.WaitAsync(job.Id, JobStatus.Running);
        await _host.StopServiceAsync();

        // As if a process had been killed at step 8, after the checkpoint of step 5 and a newer one that it did not tell of.
        LocalCheckpointStore store = new(Path.Combine(_host.DataFolder, "training", "checkpoints"));
        foreach (long step in new long[] { 5, 8 })
        {
            LocalCheckpointStore.Write(store.Folder(job.Id, 7), step, folder => File.WriteAllText(Path.Combine(folder, "step"), $"{step}"));
        }

        await _host.StartServiceAsync();
        await _host.WaitAsync(job.Id, JobStatus.Running);
        await KillAsync(job.Id);
        await _host.StartServiceAsync();

        // Whoever watches before the claim still sees what is undone then.
        await _host.WaitAsync(job.Id, JobStatus.Succeeded);
        List<JobEvent> events = await _host.WatchAsync(job.Id);
        Assert.Equal(Enumerable.Range(1, 12).Select(step => (long)step), events.Steps());
        Assert.Equal([0, 12], events.Evaluations());
        Assert.Equal([5, 10, 12], events.Where(one => one.Checkpoint is not null).Select(one => one.Checkpoint.Checkpoint.Step));
    }

    /// <summary>Leaves the rows as a process that was killed leaves them, with a worker that behaves from then on.</summary>
    private async Task KillAsync(string id)
    {
        JobRows rows = _host.Services.GetRequiredService<JobRows>();
        JobRow row = (await rows.FindAsync(id, CancellationToken.None))!;
        ClaimedJob claimed = new(row, row.LeaseEpoch);
        Assert.True(await rows.WriteAsync(claimed, change =>
        {
            for (int step = 1; step <= 8; step++)
            {
                WorkerEventRows.Apply(change, new TrainingContracts.Worker.WorkerMetrics
                {
                    Step = step,
                    Epoch = 0,
                    Values = System.Collections.Immutable.ImmutableSortedDictionary<string, double>.Empty.Add("loss", step),
                });
                if (step == 5)
                {
                    WorkerEventRows.Apply(change, new TrainingContracts.Worker.WorkerCheckpoint { Step = 5, Name = "step-00000005", Size = 1 });
                }
            }

            change.Row.Recipe = change.Row.Recipe.Replace($"\"seed\": \"{FakeBehavior.Hang}\"", $"\"seed\": \"{FakeBehavior.Normal}\"", StringComparison.Ordinal);
        }));
        LocalCheckpointStore store = new(Path.Combine(_host.DataFolder, "training", "checkpoints"));
        foreach (long step in new long[] { 5, 8 })
        {
            LocalCheckpointStore.Write(store.Folder(id, claimed.Epoch), step, folder => File.WriteAllText(Path.Combine(folder, "step"), $"{step}"));
        }

        await _host.StopServiceAsync();
    }
}
