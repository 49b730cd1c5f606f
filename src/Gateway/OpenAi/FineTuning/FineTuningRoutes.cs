using LlmPlatform.Gateway.ApiDocs;
using LlmPlatform.Gateway.OpenAi.FineTuning.History;
using LlmPlatform.Gateway.OpenAi.FineTuning.Jobs;

namespace LlmPlatform.Gateway.OpenAi.FineTuning;

/// <summary><c>/v1/fine_tuning/jobs</c>.</summary>
internal static class FineTuningRoutes
{
    private const string Tag = "Fine-tuning";

    public static IServiceCollection AddFineTuning(this IServiceCollection services) => services
        .AddTransient<FineTuningEndpoints>()
        .AddTransient<FineTuningHistoryEndpoints>();

    public static void MapFineTuning(this RouteGroupBuilder v1)
    {
        v1.MapPost("/fine_tuning/jobs", (HttpContext http, FineTuningEndpoints endpoint) => endpoint.CreateAsync(http))
            .Describe("createFineTuningJob", Tag, "Queues a training job. The header Idempotency-Key makes a repeated request give the same one.")
            .Accepts<CreateFineTuningJobRequest>("application/json", OperationDetails.AnyContentType)
            .Produces<FineTuningJob>();
        v1.MapGet("/fine_tuning/jobs", (HttpContext http, FineTuningEndpoints endpoint) => endpoint.ListAsync(http))
            .Describe("listPaginatedFineTuningJobs", Tag, "Lists the tenant's jobs, the newest first. Query: limit (1 to 100), after, metadata[name].")
            .Produces<FineTuningJobList>();
        v1.MapGet("/fine_tuning/jobs/{id}", (HttpContext http, string id, FineTuningEndpoints endpoint) => endpoint.GetAsync(http, id))
            .Describe("retrieveFineTuningJob", Tag, "Describes a job, with its progress and its last metrics.")
            .Produces<FineTuningJob>();
        v1.MapPost("/fine_tuning/jobs/{id}/cancel", (HttpContext http, string id, FineTuningEndpoints endpoint) => endpoint.CancelAsync(http, id))
            .Describe("cancelFineTuningJob", Tag, "Ends a job for good; its checkpoints go.")
            .Produces<FineTuningJob>();
        v1.MapPost("/fine_tuning/jobs/{id}/pause", (HttpContext http, string id, FineTuningEndpoints endpoint) => endpoint.PauseAsync(http, id))
            .Describe("pauseFineTuningJob", Tag, "Stops a job after its present step, with a checkpoint.")
            .Produces<FineTuningJob>();
        v1.MapPost("/fine_tuning/jobs/{id}/resume", (HttpContext http, string id, FineTuningEndpoints endpoint) => endpoint.ResumeAsync(http, id))
            .Describe("resumeFineTuningJob", Tag, "Queues a paused or failed job again, from its last checkpoint.")
            .Produces<FineTuningJob>();
        v1.MapGet("/fine_tuning/jobs/{id}/events", (HttpContext http, string id, FineTuningHistoryEndpoints endpoint) => endpoint.ListEventsAsync(http, id))
            .Describe("listFineTuningEvents", Tag, "What happened to a job, the newest first, with the metrics of its steps. Query: limit (1 to 1000), after.")
            .Produces<FineTuningEventList>();
        v1.MapGet("/fine_tuning/jobs/{id}/checkpoints", (HttpContext http, string id, FineTuningHistoryEndpoints endpoint) => endpoint.ListCheckpointsAsync(http, id))
            .Describe("listFineTuningJobCheckpoints", Tag, "Lists a job's checkpoints, the newest first. Query: limit (1 to 100), after.")
            .Produces<FineTuningCheckpointList>();
    }
}
