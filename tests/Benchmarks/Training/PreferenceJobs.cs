using System.Text;
using Grpc.Core;
using LlmPlatform.Contracts.Files.V1;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.Contracts.Uploads;
using File = LlmPlatform.Contracts.Files.V1.File;
using TrainingClient = LlmPlatform.Contracts.Training.V1.Training.TrainingClient;

namespace LlmPlatform.Benchmarks.Training;

/// <summary>Jobs of direct preference optimisation of an adapter, as the tests make them.</summary>
internal sealed class PreferenceJobs(CallInvoker invoker, string model)
{
    private const int BatchSize = 4;
    private const int MaxLength = 128;
    private const int Rank = 8;
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(200);

    private readonly TrainingClient _client = new(invoker);
    private readonly string[] _pairs = System.IO.File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Training", "preferences.jsonl"));

    /// <summary>Queues a job.</summary>
    /// <param name="pairs">Pairs to train on, each once.</param>
    /// <param name="heldOut">Pairs to evaluate on.</param>
    /// <param name="steps">The last step; 0: one pass over the pairs.</param>
    public async Task<string> CreateAsync(int pairs, int heldOut, int steps)
    {
        Recipe recipe = new()
        {
            Objective = "dpo",
            BaseModel = model,
            MaxSteps = steps,
            LearningRate = 2e-4,
            PerDeviceTrainBatchSize = BatchSize,
            PerDeviceEvalBatchSize = BatchSize,
            MaxLength = MaxLength,
            LoggingSteps = 1,
            Lora = new LoraOptions { R = Rank, LoraAlpha = 2 * Rank },
        };
        recipe.TrainingFiles.Add(await UploadAsync("pairs.jsonl", _pairs.Take(pairs)));
        recipe.ValidationFiles.Add(await UploadAsync("held-out.jsonl", _pairs.TakeLast(heldOut)));
        return (await _client.CreateJobAsync(new CreateJobRequest { Recipe = recipe })).Id;
    }

    /// <summary>Waits until a job is as wanted.</summary>
    /// <param name="id">The job.</param>
    /// <param name="wanted">What is waited for.</param>
    /// <param name="look">Is called between.</param>
    /// <exception cref="InvalidOperationException">The job ended otherwise.</exception>
    public async Task<Job> WaitAsync(string id, Func<Job, bool> wanted, Action? look = null)
    {
        while (true)
        {
            Job job = await _client.GetJobAsync(new GetJobRequest { Id = id });
            if (wanted(job))
            {
                return job;
            }

            if (job.Status is JobStatus.Failed or JobStatus.Cancelled or JobStatus.Succeeded)
            {
                throw new InvalidOperationException($"the job is {job.Status} at step {job.Step}: {job.Error}");
            }

            look?.Invoke();
            await Task.Delay(Between);
        }
    }

    /// <summary>Stops a job with a checkpoint and waits until it stands.</summary>
    public async Task<Job> PauseAsync(string id)
    {
        await _client.PauseJobAsync(new PauseJobRequest { Id = id });
        return await WaitAsync(id, job => job.Status == JobStatus.Paused);
    }

    /// <summary>Lets a job go on and waits until it has done another step.</summary>
    public async Task<Job> ResumeAsync(string id)
    {
        long step = (await _client.ResumeJobAsync(new ResumeJobRequest { Id = id })).Step;
        return await WaitAsync(id, job => job.Status == JobStatus.Running && job.Step > step);
    }

    /// <summary>Ends a job for good.</summary>
    public async Task CancelAsync(string id)
    {
        await _client.CancelJobAsync(new CancelJobRequest { Id = id });
        await WaitAsync(id, job => job.Status == JobStatus.Cancelled);
    }

    private async Task<string> UploadAsync(string name, IEnumerable<string> lines)
    {
        using MemoryStream stream = new(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))));
        UploadHeader header = new() { Filename = name, Purpose = "fine-tune" };
        File file = await UploadCall.UploadAsync(new Files.FilesClient(invoker), header, stream, null, CancellationToken.None);
        return file.Id;
    }
}
