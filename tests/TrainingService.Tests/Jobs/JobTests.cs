using Grpc.Core;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.FakeTrainingWorker;
using LlmPlatform.TrainingService.Tests.Support;
using TrainingClient = LlmPlatform.Contracts.Training.V1.Training.TrainingClient;

namespace LlmPlatform.TrainingService.Tests.Jobs;

/// <summary>Jobs from their making to their end.</summary>
public sealed class JobTests : IAsyncLifetime
{
    private TrainingHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await TrainingHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_job_runs_is_registered_and_promoted()
    {
        Recipe recipe = _host.Recipe();
        recipe.OutputModel = "better";
        recipe.ValidationFiles.Add(_host.Backends.Files.Add(TrainingHost.Tenant, "held out\n"));
        _host.Backends.Models.Add("better", "1111111111111111", tenant: TrainingHost.Tenant);
        Job made = await _host.CreateAsync(recipe);
        Assert.Equal(JobStatus.Queued, made.Status);
        List<JobEvent> events = await _host.WatchAsync(made.Id);
        Job job = await _host.WaitAsync(made.Id, JobStatus.Succeeded);

        Assert.Equal(Enumerable.Range(1, 12).Select(step => (long)step), events.Steps());
        Assert.Equal([0, 12], events.Evaluations());
        Assert.Equal(
            [JobStatus.Queued, JobStatus.Preparing, JobStatus.Running, JobStatus.Succeeded],
            events.Where(one => one.Status is not null).Select(one => one.Status.Status));
        Assert.Equal([5, 10, 12], events.Where(one => one.Checkpoint is not null).Select(one => one.Checkpoint.Checkpoint.Step));
        Assert.Equal(events.Select(one => one.Cursor).Order(), events.Select(one => one.Cursor));
        Assert.Equal(("better@fedcba9876543210", 12L, 12L, 1200L), (job.OutputVersion, job.Step, job.MaxSteps, job.TrainedTokens));
        Assert.Equal((9, 1), (job.EvaluationBefore["eval_loss"], job.EvaluationAfter["eval_loss"]));
        Assert.NotNull(job.FinishedAt);
        Assert.False(job.HasEstimatedSecondsLeft);

        RegisterModelRequest registered = Assert.Single(_host.Backends.Models.Registrations);
        Assert.Equal((job.BaseVersion, job.Id, job.DataHash), (registered.Lineage.Base, registered.Lineage.JobId, registered.Lineage.DataHash));
        Assert.Equal(64, registered.Lineage.RecipeHash.Length);
        Assert.Equal(["eval_after/loss", "eval_before/loss", "train_loss"], registered.Lineage.Metrics.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["config.json", "model.safetensors"], registered.Files.Select(file => file.Path));
        Assert.Equal(job.Id, registered.RequestId);
        Assert.Equal("1111111111111111", Assert.Single(_host.Backends.Models.Promotions).ExpectedVersion);
        Assert.Equal("fedcba9876543210", _host.Backends.Models.DefaultOf("better"));

        // Nothing is left over but the rows and the registered version.
        await JobCalls.TrueAsync(() => _host.Backends.Models.Holds.IsEmpty, "the base is released");
        Assert.DoesNotContain(_host.Backends.Files.Files.Values, file => file.File.Purpose == "model");
        Assert.Empty((await _host.Client.ListCheckpointsAsync(new ListCheckpointsRequest { Id = job.Id })).Checkpoints);
        Assert.False(Directory.Exists(Path.Combine(_host.DataFolder, "training", "jobs", job.Id)));
        Assert.False(Directory.Exists(Path.Combine(_host.DataFolder, "training", "checkpoints", job.Id)));
    }

    [Fact]
    public async Task A_result_is_not_promoted_unless_wanted()
    {
        Recipe recipe = _host.Recipe();
        (recipe.OutputModel, recipe.Promote) = ("better", false);
        _host.Backends.Models.Add("better", "1111111111111111", tenant: TrainingHost.Tenant);
        await _host.WaitAsync((await _host.CreateAsync(recipe)).Id, JobStatus.Succeeded);
        Assert.Empty(_host.Backends.Models.Promotions);
        Assert.Equal("1111111111111111", _host.Backends.Models.DefaultOf("better"));
    }

    [Fact]
    public async Task An_adapter_trained_on_from_an_adapter_lies_over_the_same_full_model()
    {
        _host.Backends.Models.Add("tuned", ModelsState.BaseVersion, peftBase: $"{TrainingHost.BaseModel}@{ModelsState.BaseVersion}");
        Recipe recipe = _host.Recipe(FakeBehavior.Adapter);
        (recipe.BaseModel, recipe.Lora) = ("tuned", new LoraOptions());
        Job job = await _host.WaitAsync((await _host.CreateAsync(recipe)).Id, JobStatus.Succeeded);
        Assert.Equal($"tuned@{ModelsState.BaseVersion}", job.BaseVersion);
        Assert.Equal($"{TrainingHost.BaseModel}@{ModelsState.BaseVersion}", Assert.Single(_host.Backends.Models.Registrations).Lineage.Base);
    }

    [Fact]
    public async Task Registration_is_tried_again()
    {
        _host.Backends.Models.FailRegister = 1;
        Job job = await _host.WaitAsync((await _host.CreateAsync(_host.Recipe())).Id, JobStatus.Succeeded);
        List<JobEvent> events = await _host.WatchAsync(job.Id);
        Assert.Equal(Enumerable.Range(1, 12).Select(step => (long)step), events.Steps());
        Assert.Single(_host.Backends.Models.Registrations);
    }

    [Fact]
    public async Task Events_and_checkpoints_come_in_pages_and_from_a_cursor()
    {
        Job job = await _host.CreateAsync(_host.Recipe(steps: 1000, milliseconds: 10));
        await _host.WaitAsync(job.Id, one => one.Step >= 11);
        Assert.NotEmpty((await _host.Client.ListCheckpointsAsync(new ListCheckpointsRequest { Id = job.Id })).Checkpoints);
        Job running = await _host.WaitAsync(job.Id, JobStatus.Running);
        Assert.True(running.HasEstimatedSecondsLeft);
        await _host.Client.PauseJobAsync(new PauseJobRequest { Id = job.Id });
        await _host.WaitAsync(job.Id, JobStatus.Paused);

        ListCheckpointsResponse checkpoints = await _host.Client.ListCheckpointsAsync(new ListCheckpointsRequest { Id = job.Id, PageSize = 1 });
        ListCheckpointsResponse older = await _host.Client.ListCheckpointsAsync(new ListCheckpointsRequest { Id = job.Id, PageSize = 1, PageToken = checkpoints.NextPageToken });
        Assert.True(checkpoints.Checkpoints[0].Step > older.Checkpoints[0].Step);
        Assert.True(checkpoints.Checkpoints[0].Metrics.ContainsKey("loss"));

        List<JobEvent> paged = [];
        ListEventsResponse page;
        do
        {
            page = await _host.Client.ListEventsAsync(new ListEventsRequest { Id = job.Id, PageSize = 7, After = paged.Count == 0 ? 0 : paged[^1].Cursor });
            paged.AddRange(page.Events);
        }
        while (page.HasMore);
        ListEventsResponse newest = await _host.Client.ListEventsAsync(new ListEventsRequest { Id = job.Id, PageSize = 5, NewestFirst = true });
        ListEventsResponse before = await _host.Client.ListEventsAsync(new ListEventsRequest { Id = job.Id, PageSize = 5, NewestFirst = true, After = newest.Events[^1].Cursor });
        Assert.Equal(paged.AsEnumerable().Reverse().Take(10), newest.Events.Concat(before.Events));

        Task<List<JobEvent>> watched = _host.WatchAsync(job.Id, paged[4].Cursor);
        await _host.Client.CancelJobAsync(new CancelJobRequest { Id = job.Id });
        List<JobEvent> rest = await watched;
        Assert.Equal(paged.Skip(5), rest.Take(paged.Count - 5));
        Assert.Equal(JobStatus.Cancelled, rest[^1].Status.Status);
    }

    [Fact]
    public async Task Jobs_are_listed_newest_first_by_status_and_page()
    {
        List<string> ids = [];
        for (int i = 0; i < 3; i++)
        {
            ids.Add((await _host.CreateAsync(_host.Recipe())).Id);
        }

        ids.Reverse();
        ListJobsResponse first = await _host.Client.ListJobsAsync(new ListJobsRequest { PageSize = 2 });
        ListJobsResponse second = await _host.Client.ListJobsAsync(new ListJobsRequest { PageSize = 2, PageToken = first.NextPageToken });
        Assert.Equal(ids, first.Jobs.Concat(second.Jobs).Select(job => job.Id));
        Assert.Empty(second.NextPageToken);
        foreach (string id in ids)
        {
            await _host.WaitAsync(id, JobStatus.Succeeded);
        }

        Assert.Equal(3, (await _host.Client.ListJobsAsync(new ListJobsRequest { Statuses = { JobStatus.Succeeded } })).Jobs.Count);
        Assert.Empty((await _host.Client.ListJobsAsync(new ListJobsRequest { Statuses = { JobStatus.Failed, JobStatus.Queued } })).Jobs);
        await JobCalls.FieldsAsync(["statuses"], async () => await _host.Client.ListJobsAsync(new ListJobsRequest { Statuses = { JobStatus.Unspecified } }));
    }

    [Fact]
    public async Task Another_tenant_sees_nothing()
    {
        Job job = await _host.CreateAsync(_host.Recipe(), "once");
        await _host.WaitAsync(job.Id, JobStatus.Succeeded);
        TrainingClient other = _host.As("tenant-b");
        Assert.Empty((await other.ListJobsAsync(new ListJobsRequest())).Jobs);
        foreach (Func<Task> call in new Func<Task>[]
        {
            async () => await other.GetJobAsync(new GetJobRequest { Id = job.Id }),
            async () => await other.CancelJobAsync(new CancelJobRequest { Id = job.Id }),
            async () => await other.PauseJobAsync(new PauseJobRequest { Id = job.Id }),
            async () => await other.ResumeJobAsync(new ResumeJobRequest { Id = job.Id }),
            async () => await other.ListEventsAsync(new ListEventsRequest { Id = job.Id }),
            async () => await other.ListCheckpointsAsync(new ListCheckpointsRequest { Id = job.Id }),
            async () => await other.WatchJob(new WatchJobRequest { Id = job.Id }).ResponseStream.MoveNext(),
        })
        {
            await JobCalls.RefusedAsync(StatusCode.NotFound, call);
        }

        // Its own request with the same files is refused too: they are not its files.
        await JobCalls.FieldsAsync(["recipe.training_files[0]"], async () => await other.CreateJobAsync(new CreateJobRequest { Recipe = _host.Recipe() }));
        await JobCalls.RefusedAsync(StatusCode.PermissionDenied, async () => await _host.As("platform").CreateJobAsync(new CreateJobRequest { Recipe = _host.Recipe() }));
    }
}
