using System.Collections.Concurrent;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.ServiceDefaults.Errors;

namespace LlmPlatform.Gateway.Tests.Fakes;

/// <summary>
/// Jobs in memory, two a page, the newest first. A job is done at the second look unless its seed says otherwise: 1 stays
/// at step 2 of 4, 2 fails. Each has the same events.
/// </summary>
internal sealed class FakeTraining(FakeCalls calls) : Training.TrainingBase
{
    public const int Running = 1;
    public const int Failing = 2;
    public const string Version = "0123456789abcdef";

    private const int PageSize = 2;
    private const int Steps = 4;

    private static readonly ConcurrentDictionary<string, Job> Jobs = new();
    private static readonly ConcurrentDictionary<string, string> Requests = new();
    private static int _count;

    public static void Clear()
    {
        Jobs.Clear();
        Requests.Clear();
    }

    public override Task<Job> CreateJob(CreateJobRequest request, ServerCallContext context)
    {
        calls.Trainings.Enqueue(request);
        Recipe recipe = request.Recipe.Clone();
        new FieldValidation()
            .Require("recipe.learning_rate", recipe.LearningRate, !recipe.HasLearningRate || recipe.LearningRate < 1, "below 1")
            .Require("recipe.num_train_epochs", recipe.NumTrainEpochs, !recipe.HasNumTrainEpochs || recipe.NumTrainEpochs < 40, "below 40")
            .Require("recipe.lora.r", recipe.Lora?.R, recipe.Lora is not { R: > 512 }, "at most 512")
            .ThrowIfInvalid();
        if (recipe.BaseModel == "missing")
        {
            throw RpcErrors.NotFound("model", recipe.BaseModel);
        }

        string id = Requests.GetOrAdd(request.RequestId, _ => $"job-{Interlocked.Increment(ref _count):D4}");
        return Task.FromResult(Jobs.GetOrAdd(id, _ => new Job
        {
            Id = id,
            Tenant = "local",
            Status = JobStatus.Queued,
            CreatedAt = Time(0),
            Recipe = Fill(recipe, id),
            BaseVersion = $"{recipe.BaseModel.Split('@')[0]}@{Version}",
            Name = request.Name,
            Metadata = { request.Metadata },
        }));
    }

    public override Task<Job> GetJob(GetJobRequest request, ServerCallContext context)
    {
        Job job = Find(request.Id);
        if (job.Status == JobStatus.Queued)
        {
            job.Status = JobStatus.Running;
            job.StartedAt = Time(1);
            job.MaxSteps = Steps;
            job.Step = 2;
            job.EstimatedSecondsLeft = 60;
            job.Metrics.Add(new Dictionary<string, double> { ["loss"] = 0.5, ["rewards/margins"] = 0.25, ["grad_norm"] = double.NaN });
        }
        else if (job.Status == JobStatus.Running && job.Recipe.Seed != Running)
        {
            job.Step = job.Recipe.Seed == Failing ? 3 : Steps;
            job.Status = job.Recipe.Seed == Failing ? JobStatus.Failed : JobStatus.Succeeded;
            job.FinishedAt = Time(9);
            job.TrainedTokens = 1234;
            if (job.Status == JobStatus.Failed)
            {
                job.Error = new JobError { Code = "invalid_data", Message = "line 17 is no JSON", Step = 3, DataErrors = { new DataError { FileId = job.Recipe.TrainingFiles[0], Line = 17, Message = "no JSON" } } };
            }
            else
            {
                job.OutputVersion = $"{job.Recipe.OutputModel}@{Version}";
                job.EvaluationAfter["eval_loss"] = 0.25;
            }
        }

        return Task.FromResult(job);
    }

    public override Task<ListJobsResponse> ListJobs(ListJobsRequest request, ServerCallContext context)
    {
        int skip = request.PageToken.Length > 0 ? int.Parse(request.PageToken) : 0;
        Job[] all = [.. Jobs.Values.OrderByDescending(job => job.Id, StringComparer.Ordinal)];
        ListJobsResponse page = new() { NextPageToken = all.Length > skip + PageSize ? $"{skip + PageSize}" : "" };
        page.Jobs.AddRange(all.Skip(skip).Take(PageSize));
        return Task.FromResult(page);
    }

    public override Task<Job> CancelJob(CancelJobRequest request, ServerCallContext context) => ChangeAsync(request.Id, JobStatus.Cancelled);

    public override Task<Job> PauseJob(PauseJobRequest request, ServerCallContext context) => ChangeAsync(request.Id, JobStatus.Paused);

    public override Task<Job> ResumeJob(ResumeJobRequest request, ServerCallContext context) => ChangeAsync(request.Id, JobStatus.Queued);

    public override async Task WatchJob(WatchJobRequest request, IServerStreamWriter<JobEvent> responseStream, ServerCallContext context)
    {
        foreach (JobEvent one in Events(Find(request.Id)).Where(one => one.Cursor > request.After))
        {
            await responseStream.WriteAsync(one, context.CancellationToken);
        }
    }

    public override Task<ListEventsResponse> ListEvents(ListEventsRequest request, ServerCallContext context)
    {
        new FieldValidation().RequireRange("page_size", request.PageSize, 1, 100).ThrowIfInvalid();
        JobEvent[] left = request.NewestFirst
            ? [.. Events(Find(request.Id)).Reverse().Where(one => request.After == 0 || one.Cursor < request.After)]
            : [.. Events(Find(request.Id)).Where(one => one.Cursor > request.After)];
        int size = Math.Min(request.PageSize, 3);
        return Task.FromResult(new ListEventsResponse { Events = { left.Take(size) }, HasMore = left.Length > size });
    }

    public override Task<ListCheckpointsResponse> ListCheckpoints(ListCheckpointsRequest request, ServerCallContext context)
    {
        Job job = Find(request.Id);
        return Task.FromResult(request.PageToken.Length == 0
            ? new ListCheckpointsResponse { Checkpoints = { Checkpoint(job, 4) }, NextPageToken = "2" }
            : new ListCheckpointsResponse { Checkpoints = { Checkpoint(job, 2) } });
    }

    private static Task<Job> ChangeAsync(string id, JobStatus status)
    {
        Job job = Find(id);
        if (job.Status is JobStatus.Succeeded or JobStatus.Cancelled)
        {
            throw RpcErrors.FailedPrecondition("job", id, $"the job has ended: {job.Status}");
        }

        job.Status = status;
        return Task.FromResult(job);
    }

    private static JobEvent[] Events(Job job)
    {
        JobEvent[] events =
        [
            new() { Status = new StatusEvent { Status = JobStatus.Queued } },
            new() { Status = new StatusEvent { Status = JobStatus.Running } },
            new() { Metrics = Metrics(1, ("loss", 0.6931), ("rewards/margins", 0), ("rewards/accuracies", 0)) },
            new() { Metrics = Metrics(2, ("loss", 0.5), ("rewards/margins", 0.5), ("rewards/accuracies", 0.75)) },
            new() { Checkpoint = new CheckpointEvent { Checkpoint = Checkpoint(job, 2) } },
            new() { Metrics = Metrics(2, ("eval_loss", 0.55)) },
            new() { Message = new MessageEvent { Level = "warn", Text = "3 rows were cut" } },
            new() { Status = new StatusEvent { Status = job.Status, Error = job.Error, OutputVersion = job.OutputVersion } },
        ];
        for (int i = 0; i < events.Length; i++)
        {
            events[i].Cursor = i + 1;
            events[i].CreatedAt = Time(i);
        }

        return events;
    }

    private static MetricsEvent Metrics(long step, params (string Name, double Value)[] values) =>
        new() { Step = step, Epoch = step / 4.0, Values = { values.ToDictionary(value => value.Name, value => value.Value) } };

    private static Checkpoint Checkpoint(Job job, long step) =>
        new() { Id = $"{job.Id}-{step}", Step = step, CreatedAt = Time(step), Metrics = { ["loss"] = 0.5, ["eval_loss"] = 0.55 }, Size = 1000 };

    private static Recipe Fill(Recipe recipe, string id)
    {
        recipe.Objective = recipe.Objective.Length > 0 ? recipe.Objective : "sft";
        recipe.OutputModel = recipe.OutputModel.Length > 0 ? recipe.OutputModel : $"{recipe.BaseModel.Split('@')[0]}-{id}";
        recipe.Promote = !recipe.HasPromote || recipe.Promote;
        recipe.NumTrainEpochs = recipe.HasNumTrainEpochs ? recipe.NumTrainEpochs : 3;
        recipe.PerDeviceTrainBatchSize = recipe.HasPerDeviceTrainBatchSize ? recipe.PerDeviceTrainBatchSize : 8;
        recipe.GradientAccumulationSteps = recipe.HasGradientAccumulationSteps ? recipe.GradientAccumulationSteps : 1;
        recipe.LearningRate = recipe.HasLearningRate ? recipe.LearningRate : recipe.Objective == "dpo" ? 1e-5 : 2e-4;
        recipe.Seed = recipe.HasSeed ? recipe.Seed : 42;
        if (recipe.Objective == "dpo")
        {
            recipe.Dpo ??= new DpoOptions();
            recipe.Dpo.Beta = recipe.Dpo.HasBeta ? recipe.Dpo.Beta : 0.1;
        }

        return recipe;
    }

    private static Job Find(string id) => Jobs.TryGetValue(id, out Job? job) ? job : throw RpcErrors.NotFound("job", id);

    private static Timestamp Time(long seconds) => Timestamp.FromDateTime(DateTime.UnixEpoch.AddSeconds(1_700_000_000 + seconds));
}
