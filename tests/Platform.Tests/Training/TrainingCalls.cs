using System.Text;
using Google.Protobuf;
using Grpc.Core;
using LlmPlatform.Contracts.Files.V1;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.Contracts.Training.V1;
using File = LlmPlatform.Contracts.Files.V1.File;
using TrainingClient = LlmPlatform.Contracts.Training.V1.Training.TrainingClient;

namespace LlmPlatform.Platform.Tests.Training;

/// <summary>What tests do with training jobs, by gRPC as any caller does.</summary>
internal sealed class TrainingCalls(CallInvoker invoker)
{
    private readonly Files.FilesClient _files = new(invoker);

    public TrainingClient Client { get; } = new(invoker);

    public Models.ModelsClient Models { get; } = new(invoker);

    /// <summary>Uploads lines of JSON.</summary>
    public async Task<string> UploadAsync(string name, IEnumerable<string> lines, CancellationToken cancellationToken)
    {
        using AsyncClientStreamingCall<UploadRequest, File> call = _files.Upload(cancellationToken: cancellationToken);
        await call.RequestStream.WriteAsync(new UploadRequest { Header = new UploadHeader { Filename = name, Purpose = "fine-tune" } }, cancellationToken);
        await call.RequestStream.WriteAsync(new UploadRequest { Chunk = ByteString.CopyFromUtf8(string.Concat(lines.Select(line => line + "\n"))) }, cancellationToken);
        await call.RequestStream.CompleteAsync();
        return (await call).Id;
    }

    /// <summary>Waits until a job is as wanted, or has ended otherwise.</summary>
    public async Task<Job> WaitAsync(string id, Func<Job, bool> wanted, TimeSpan limit, CancellationToken cancellationToken)
    {
        DateTime end = DateTime.UtcNow + limit;
        while (true)
        {
            Job job = await Client.GetJobAsync(new GetJobRequest { Id = id }, cancellationToken: cancellationToken);
            if (wanted(job))
            {
                return job;
            }

            Assert.False(job.Status is JobStatus.Failed or JobStatus.Cancelled or JobStatus.Succeeded, $"{job.Status} at step {job.Step}: {job.Error}");
            Assert.True(DateTime.UtcNow < end, $"after {limit} the job is {job.Status} at step {job.Step}");
            await Task.Delay(50, cancellationToken);
        }
    }

    /// <summary>Waits for the good end of a job.</summary>
    public Task<Job> WaitForSuccessAsync(string id, TimeSpan limit, CancellationToken cancellationToken) =>
        WaitAsync(id, job => job.Status == JobStatus.Succeeded, limit, cancellationToken);

    /// <summary>All that happened to a job that has ended, oldest first.</summary>
    public async Task<List<JobEvent>> EventsAsync(string id, CancellationToken cancellationToken)
    {
        using AsyncServerStreamingCall<JobEvent> call = Client.WatchJob(new WatchJobRequest { Id = id }, cancellationToken: cancellationToken);
        List<JobEvent> events = [];
        await foreach (JobEvent one in call.ResponseStream.ReadAllAsync(cancellationToken))
        {
            events.Add(one);
        }

        return events;
    }

    /// <summary>Fetches the files of a version into a folder.</summary>
    public async Task<string> DownloadAsync(string model, string folder, CancellationToken cancellationToken)
    {
        using AsyncServerStreamingCall<DownloadModelResponse> call = Models.Download(new DownloadModelRequest { Model = model }, cancellationToken: cancellationToken);
        FileStream? file = null;
        try
        {
            await foreach (DownloadModelResponse response in call.ResponseStream.ReadAllAsync(cancellationToken))
            {
                if (response.ContentCase == DownloadModelResponse.ContentOneofCase.File)
                {
                    file?.Dispose();
                    string path = Path.Combine(folder, response.File.Path);
                    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                    file = System.IO.File.Create(path);
                }
                else
                {
                    await file!.WriteAsync(response.Chunk.Memory, cancellationToken);
                }
            }
        }
        finally
        {
            file?.Dispose();
        }

        return folder;
    }

    /// <summary>The losses that a job logged, by step; a step that was logged twice fails the test.</summary>
    public static SortedDictionary<long, double> Losses(IEnumerable<JobEvent> events)
    {
        SortedDictionary<long, double> losses = [];
        foreach (MetricsEvent metrics in events.Select(one => one.Metrics).Where(metrics => metrics is not null && metrics.Values.ContainsKey("loss")))
        {
            Assert.True(losses.TryAdd(metrics.Step, metrics.Values["loss"]), $"step {metrics.Step} was logged twice");
        }

        return losses;
    }

    /// <summary>A line of JSON with the text of a conversation of one question and one answer.</summary>
    public static string Conversation(string question, string answer)
    {
        StringBuilder line = new("{\"messages\":[{\"role\":\"user\",\"content\":");
        line.Append(System.Text.Json.JsonSerializer.Serialize(question)).Append("},{\"role\":\"assistant\",\"content\":");
        return line.Append(System.Text.Json.JsonSerializer.Serialize(answer)).Append("}]}").ToString();
    }
}
