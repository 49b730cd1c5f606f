using System.Runtime.CompilerServices;
using Grpc.Core;
using LlmPlatform.Contracts.Files.V1;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.OpenAi.FineTuning.Recipes;
using LlmPlatform.Gateway.OpenAi.Requests;
using LlmPlatform.Gateway.OpenAi.VectorStores.Values;
using LlmPlatform.ServiceDefaults.Errors;
using FilesClient = LlmPlatform.Contracts.Files.V1.Files.FilesClient;
using TrainingClient = LlmPlatform.Contracts.Training.V1.Training.TrainingClient;

namespace LlmPlatform.Gateway.OpenAi.FineTuning.Jobs;

/// <summary><c>/v1/fine_tuning/jobs</c> over the jobs of the service <c>Training</c>.</summary>
internal sealed class FineTuningEndpoints(TrainingClient training, FilesClient files, TimeProvider clock)
{
    private const int DefaultLimit = 20;
    private const int MostListed = 100;
    private const int PageSize = 100;
    private const string Purpose = "fine-tune";

    public async Task CreateAsync(HttpContext http)
    {
        CancellationToken cancellation = http.RequestAborted;
        (CreateJobRequest request, RecipeBuilder recipe) = CreateFineTuningJobRequest.Read(
            await RequestBody.ReadJsonAsync(http, RequestBody.OneMessage, cancellation));
        request.RequestId = RequestKey.Of(http, "fine_tuning_job");
        try
        {
            foreach (string id in recipe.Recipe.TrainingFiles.Concat(recipe.Recipe.ValidationFiles))
            {
                await RequirePurposeAsync(id, recipe, cancellation);
            }

            await WriteAsync(http, await training.CreateJobAsync(request, cancellationToken: cancellation));
        }
        catch (RpcException error) when (FineTuningErrors.Translate(error, recipe) is { } translated)
        {
            throw translated;
        }
    }

    public async Task ListAsync(HttpContext http)
    {
        FineTuningQuery query = FineTuningQuery.Read(http.Request.Query, DefaultLimit, MostListed, withMetadata: true);
        (IReadOnlyList<Job> page, bool hasMore) = await query.PageAsync(EnumerateAsync(query, http.RequestAborted), job => job.Id);
        DateTimeOffset now = clock.GetUtcNow();
        await OpenAiJson.WriteAsync(
            http, new FineTuningJobList { Data = [.. page.Select(job => FineTuningJob.From(job, now))], HasMore = hasMore }, OpenAiJson.Default.FineTuningJobList);
    }

    public async Task GetAsync(HttpContext http, string id) =>
        await WriteAsync(http, await training.GetJobAsync(new GetJobRequest { Id = id }, cancellationToken: http.RequestAborted));

    public async Task CancelAsync(HttpContext http, string id) =>
        await WriteAsync(http, await training.CancelJobAsync(new CancelJobRequest { Id = id }, cancellationToken: http.RequestAborted));

    public async Task PauseAsync(HttpContext http, string id) =>
        await WriteAsync(http, await training.PauseJobAsync(new PauseJobRequest { Id = id }, cancellationToken: http.RequestAborted));

    public async Task ResumeAsync(HttpContext http, string id) =>
        await WriteAsync(http, await training.ResumeJobAsync(new ResumeJobRequest { Id = id }, cancellationToken: http.RequestAborted));

    private Task WriteAsync(HttpContext http, Job job)
    {
        PollHint.Set(http, job.Status is JobStatus.Queued or JobStatus.Preparing or JobStatus.Running);
        return OpenAiJson.WriteAsync(http, FineTuningJob.From(job, clock.GetUtcNow()), OpenAiJson.Default.FineTuningJob);
    }

    private async Task RequirePurposeAsync(string id, RecipeBuilder recipe, CancellationToken cancellation)
    {
        Contracts.Files.V1.File file = await files.GetAsync(new GetFileRequest { Id = id }, cancellationToken: cancellation);
        if (file.Purpose != Purpose)
        {
            throw InvalidRequest.WrongHiddenValue(
                recipe.ParamOfFile(id), $"file {SafeValue.Cut(id)} has the purpose '{file.Purpose}'. Expected a file with the purpose '{Purpose}'");
        }
    }

    /// <summary>The service lists the newest first, as OpenAI does.</summary>
    private async IAsyncEnumerable<Job> EnumerateAsync(FineTuningQuery query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ListJobsRequest request = new() { PageSize = PageSize };
        do
        {
            ListJobsResponse page = await training.ListJobsAsync(request, cancellationToken: cancellation);
            foreach (Job job in page.Jobs)
            {
                if (query.Metadata.All(wanted => job.Metadata.TryGetValue(wanted.Key, out string? value) && value == wanted.Value))
                {
                    yield return job;
                }
            }

            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
    }
}
