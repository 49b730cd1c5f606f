using System.Globalization;
using Grpc.Core;
using LlmPlatform.Cli.Commands.Training;
using LlmPlatform.Cli.Connection;
using LlmPlatform.Cli.Output;
using LlmPlatform.Contracts.Files.V1;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.Contracts.Uploads;
using LlmPlatform.Hub.Versions;
using LlmPlatform.Recipes.Running;
using File = System.IO.File;
using ModelVersion = LlmPlatform.Hub.Versions.ModelVersion;
using TrainingClient = LlmPlatform.Contracts.Training.V1.Training.TrainingClient;

namespace LlmPlatform.Cli.Commands.Recipes;

/// <summary>The platform that the command line talks to, as recipes need it.</summary>
internal sealed class RecipePlatform(PlatformConnection connection, CommandOutput output) : IRecipePlatform
{
    private const string Purpose = "fine-tune";

    // A cancelled job cannot go on: the same work is another job then.
    private const int MostAttempts = 16;

    private readonly Files.FilesClient _files = new(connection.Invoker);
    private readonly Models.ModelsClient _models = new(connection.Invoker);
    private readonly TrainingClient _training = new(connection.Invoker);
    private readonly List<(string Stage, Job Job)> _trained = [];

    /// <summary>The jobs of this run, in order.</summary>
    public IReadOnlyList<(string Stage, Job Job)> Trained => _trained;

    public async Task<string> UploadAsync(string path, CancellationToken cancellationToken)
    {
        string name = Path.GetFileName(path);
        string hash = await RequestId.OfFileAsync(path, cancellationToken);
        return await output.ProgressAsync(async bars =>
        {
            await using FileStream stream = File.OpenRead(path);
            long length = stream.Length;
            UploadHeader header = new() { Filename = name, Purpose = Purpose, Sha256 = hash, RequestId = $"recipe-{hash}" };
            return (await UploadCall.UploadAsync(_files, header, stream, sent => bars.Report(name, sent, length), cancellationToken)).Id;
        });
    }

    public async Task<string> RegisterAsync(string folder, string name, CancellationToken cancellationToken)
    {
        ModelVersion version = await ContentHash.ComputeAsync(folder, cancellationToken);
        string reference = $"{name}@{version.Hash}";
        try
        {
            await _models.GetAsync(new GetModelRequest { Model = reference }, cancellationToken: cancellationToken);
            return reference;
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.NotFound)
        {
            Contracts.Models.V1.ModelVersion made = await ModelUpload.UploadAsync(connection, output, folder, name, source: null, cancellationToken);
            return $"{made.Name}@{made.Version}";
        }
    }

    public async Task<Job> TrainAsync(string stage, Recipe recipe, string requestId, CancellationToken cancellationToken)
    {
        Job job = await CreateAsync(stage, recipe, requestId, cancellationToken);
        if (job.Status is JobStatus.Paused or JobStatus.Failed)
        {
            output.Note($"job {job.Id} goes on");
            job = await _training.ResumeJobAsync(new ResumeJobRequest { Id = job.Id }, cancellationToken: cancellationToken);
        }

        if (job.Status != JobStatus.Succeeded)
        {
            output.Note($"job {job.Id} is {JobText.StatusName(job.Status)}");
            job = await JobWatch.FollowAsync(_training, output, job, cancellationToken);
        }

        if (job.Status != JobStatus.Succeeded)
        {
            string why = job.Error is { } error ? $": {JobText.Failure(error)}" : "";
            throw new RecipeException($"{stage}: job {job.Id} is {JobText.StatusName(job.Status)}, expected it to succeed{why}");
        }

        output.Note($"{stage}: {job.OutputVersion}");
        _trained.Add((stage, job));
        return job;
    }

    public async Task DownloadAsync(string reference, string folder, CancellationToken cancellationToken)
    {
        using AsyncServerStreamingCall<DownloadModelResponse> call = _models.Download(new DownloadModelRequest { Model = reference }, cancellationToken: cancellationToken);
        FileStream? stream = null;
        try
        {
            await foreach (DownloadModelResponse message in call.ResponseStream.ReadAllAsync(cancellationToken))
            {
                if (message.ContentCase == DownloadModelResponse.ContentOneofCase.File)
                {
                    await (stream?.DisposeAsync() ?? ValueTask.CompletedTask);
                    string path = Inside(folder, message.File.Path);
                    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                    stream = File.Create(path);
                }
                else if (stream is not null)
                {
                    await stream.WriteAsync(message.Chunk.Memory, cancellationToken);
                }
            }
        }
        finally
        {
            await (stream?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        string found = (await ContentHash.ComputeAsync(folder, cancellationToken)).Hash;
        if (reference.Split('@') is [_, var expected] && found != expected)
        {
            throw new RecipeException($"{folder}: the files have the version {found}, expected {expected}");
        }
    }

    public async Task<IReadOnlyList<JobEvent>> EventsAsync(string jobId, CancellationToken cancellationToken)
    {
        Job job = await _training.GetJobAsync(new GetJobRequest { Id = jobId }, cancellationToken: cancellationToken);
        List<JobEvent> events = [];
        await JobWatch.ReadAsync(_training, job, events, cancellationToken);
        return events;
    }

    private async Task<Job> CreateAsync(string stage, Recipe recipe, string requestId, CancellationToken cancellationToken)
    {
        for (int attempt = 1; attempt <= MostAttempts; attempt++)
        {
            string id = attempt == 1 ? requestId : string.Create(CultureInfo.InvariantCulture, $"{requestId}-{attempt}");
            CreateJobRequest request = new() { Recipe = recipe, Name = stage, RequestId = id };
            Job job = await _training.CreateJobAsync(request, cancellationToken: cancellationToken);
            if (job.Status != JobStatus.Cancelled)
            {
                return job;
            }
        }

        throw new RecipeException($"{stage}: its job was cancelled {MostAttempts} times, expected one that goes on");
    }

    private static string Inside(string folder, string path)
    {
        string full = Path.GetFullPath(Path.Combine(folder, path));
        return full.StartsWith(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? full
            : throw new RecipeException($"the platform names a file '{path}', expected one inside the model's folder");
    }
}
