using System.CommandLine;
using System.Text.Json.Nodes;
using LlmPlatform.Cli.Connection;
using LlmPlatform.Cli.Output;
using LlmPlatform.Contracts.Training.V1;
using TrainingClient = LlmPlatform.Contracts.Training.V1.Training.TrainingClient;

namespace LlmPlatform.Cli.Commands.Training;

/// <summary><c>llm jobs</c>, <c>llm jobs ID</c> and <c>llm jobs cancel|pause|resume ID</c>.</summary>
internal static class JobsCommand
{
    private static readonly Argument<string?> OneId = new("id") { Description = "A job's id. Without one all jobs are shown.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Argument<string> Id = new("id") { Description = "The job's id." };
    private static readonly Option<bool?> Watch = new("--watch") { Description = "Follows the job to its end. Default: true in a terminal.", Arity = ArgumentArity.ZeroOrOne };

    public static Command Create()
    {
        Command jobs = new("jobs", "Show training jobs, or one with its curves.") { OneId, Watch };
        jobs.SetPlatformAction(ShowAsync);
        jobs.Add(Change("cancel", "End a job for good; its checkpoints go.", (client, id, cancellation) => client.CancelJobAsync(new CancelJobRequest { Id = id }, cancellationToken: cancellation).ResponseAsync));
        jobs.Add(Change("pause", "Stop a job after its present step, with a checkpoint.", (client, id, cancellation) => client.PauseJobAsync(new PauseJobRequest { Id = id }, cancellationToken: cancellation).ResponseAsync));
        jobs.Add(Change("resume", "Go on with a paused or failed job from its last checkpoint.", (client, id, cancellation) => client.ResumeJobAsync(new ResumeJobRequest { Id = id }, cancellationToken: cancellation).ResponseAsync));
        return jobs;
    }

    private static Command Change(string name, string description, Func<TrainingClient, string, CancellationToken, Task<Job>> change)
    {
        Command command = new(name, description) { Id };
        command.SetPlatformAction(async (parsed, connection, output, cancellation) =>
        {
            Job job = await change(new TrainingClient(connection.Invoker), parsed.GetValue(Id)!, cancellation);
            if (output.IsJson)
            {
                output.Json(JobText.Json(job));
            }
            else
            {
                output.Line($"{job.Id} is {JobText.StatusName(job.Status)}");
            }
        });
        return command;
    }

    private static async Task ShowAsync(ParseResult parsed, PlatformConnection connection, CommandOutput output, CancellationToken cancellation)
    {
        TrainingClient client = new(connection.Invoker);
        if (parsed.GetValue(OneId) is not { } id)
        {
            await ListAsync(client, output, cancellation);
            return;
        }

        Job job = await client.GetJobAsync(new GetJobRequest { Id = id }, cancellationToken: cancellation);
        bool watch = parsed.GetValue(Watch) ?? (parsed.GetResult(Watch) is { Implicit: false } || (output.IsLive && !output.IsJson));
        if (watch && !JobText.HasEnded(job.Status))
        {
            job = await JobWatch.FollowAsync(client, output, job, cancellation);
            if (output.IsJson)
            {
                output.Json(JobText.Json(job));
            }

            JobWatch.RequireSuccess(job);
            return;
        }

        List<JobEvent> events = [];
        JobCurves curves = await JobWatch.ReadAsync(client, job, events, cancellation);
        if (output.IsJson)
        {
            JsonObject document = JobText.Json(job);
            document["steps"] = new JsonArray([.. events.Select(JobText.Json).OfType<JsonNode>()]);
            output.Json(document);
            return;
        }

        output.Show(curves.Render);
        if (job.Error is { } error)
        {
            output.Line(JobText.Failure(error));
        }
    }

    private static async Task ListAsync(TrainingClient client, CommandOutput output, CancellationToken cancellation)
    {
        List<Job> jobs = [];
        ListJobsRequest request = new();
        do
        {
            ListJobsResponse page = await client.ListJobsAsync(request, cancellationToken: cancellation);
            jobs.AddRange(page.Jobs);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        if (output.IsJson)
        {
            output.Json(new JsonArray([.. jobs.Select(job => (JsonNode)JobText.Json(job))]));
            return;
        }

        output.Table(
            ["id", "name", "status", "objective", "base", "steps", "loss", "result"],
            jobs.Select(job => new[]
            {
                job.Id, job.Name, JobText.StatusName(job.Status), job.Recipe.Objective, job.Recipe.BaseModel,
                job.MaxSteps > 0 ? $"{job.Step}/{job.MaxSteps}{JobText.TimeLeft(job)}" : "", JobText.Metric(job, "loss"), job.OutputVersion,
            }));
    }
}
