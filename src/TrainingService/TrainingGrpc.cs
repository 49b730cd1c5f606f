using Grpc.Core;
using LlmPlatform.TrainingService.Jobs;
using Wire = LlmPlatform.Contracts.Training.V1;

namespace LlmPlatform.TrainingService;

/// <summary>llmplatform.training.v1.Training: each call goes to the handlers of its concept.</summary>
internal sealed class TrainingGrpc(CreateJobHandler create, JobHandlers jobs, EventHandlers events) : Wire.Training.TrainingBase
{
    public override Task<Wire.Job> CreateJob(Wire.CreateJobRequest request, ServerCallContext context) => create.CreateAsync(request, context);

    public override Task<Wire.Job> GetJob(Wire.GetJobRequest request, ServerCallContext context) => jobs.GetAsync(request, context);

    public override Task<Wire.ListJobsResponse> ListJobs(Wire.ListJobsRequest request, ServerCallContext context) => jobs.ListAsync(request, context);

    public override Task<Wire.Job> CancelJob(Wire.CancelJobRequest request, ServerCallContext context) => jobs.CancelAsync(request, context);

    public override Task<Wire.Job> PauseJob(Wire.PauseJobRequest request, ServerCallContext context) => jobs.PauseAsync(request, context);

    public override Task<Wire.Job> ResumeJob(Wire.ResumeJobRequest request, ServerCallContext context) => jobs.ResumeAsync(request, context);

    public override Task WatchJob(Wire.WatchJobRequest request, IServerStreamWriter<Wire.JobEvent> responseStream, ServerCallContext context) =>
        events.WatchAsync(request, responseStream, context);

    public override Task<Wire.ListEventsResponse> ListEvents(Wire.ListEventsRequest request, ServerCallContext context) => events.ListAsync(request, context);

    public override Task<Wire.ListCheckpointsResponse> ListCheckpoints(Wire.ListCheckpointsRequest request, ServerCallContext context) =>
        events.ListCheckpointsAsync(request, context);
}
