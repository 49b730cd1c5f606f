using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using LlmPlatform.TrainingContracts.Checkpoints;
using LlmPlatform.TrainingContracts.Recipes;
using LlmPlatform.TrainingContracts.Worker;

namespace LlmPlatform.Training.Tests.Support;

/// <summary>A job with a tiny base in a folder of its own, and what it told.</summary>
internal sealed class JobFolder : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("llmplatform-job-").FullName;
    private readonly LocalCheckpointStore _store;
    private long _epoch;

    public JobFolder() => _store = new LocalCheckpointStore(Path.Combine(_root, "checkpoints"));

    public List<WorkerEvent> Events { get; } = [];

    public string Output => Path.Combine(_root, "output");

    public IEnumerable<WorkerMetrics> Metrics => Events.OfType<WorkerMetrics>();

    public static string[] Pairs(int count, int first = 0) => [.. Enumerable.Range(first, count).Select(i =>
        $$"""{"prompt":"question {{i}}","chosen":" yes, {{i * 7 % 13}} it is","rejected":" no {{i * 5 % 11}}"}""")];

    public static string[] Texts(int count) => [.. Enumerable.Range(0, count).Select(i => $$"""{"text":"text number {{i}} of {{i * 3 % 7}}"}""")];

    public static TrainingRecipe Recipe(string objective) => new()
    {
        Objective = objective,
        LearningRate = 1e-3,
        PerDeviceTrainBatchSize = 2,
        PerDeviceEvalBatchSize = 4,
        MaxLength = 64,
        MaxSteps = 4,
    };

    public WorkerFile Write(string id, params string[] lines)
    {
        string path = Path.Combine(_root, id);
        File.WriteAllText(path, string.Join('\n', lines));
        return new WorkerFile(id, path, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines)))));
    }

    public Task<string> WriteModelAsync(JsonObject config, string name = "base", long seed = 1) => TinyModels.WriteAsync(Path.Combine(_root, name), config, seed);

    public async Task<WorkerStart> StartAsync(TrainingRecipe recipe, string[] training, string[]? validation = null, JsonObject? config = null) => new()
    {
        JobId = "job-1",
        Recipe = recipe,
        BaseFolder = await WriteModelAsync(config ?? TinyModels.LlamaConfig()),
        BaseVersion = "tiny@1",
        TrainingFiles = [Write("train.jsonl", training)],
        ValidationFiles = validation is null ? [] : [Write("valid.jsonl", validation)],
        CheckpointFolder = _store.Folder("job-1", ++_epoch),
        OutputFolder = Output,
    };

    /// <summary>The start of the next claim, from the newest checkpoint.</summary>
    public WorkerStart Next(WorkerStart start) => start with
    {
        CheckpointFolder = _store.Folder("job-1", ++_epoch),
        ResumeFrom = _store.List("job-1") is [var newest, ..] ? newest.Path : null,
    };

    /// <summary>Runs a claim of the job; stops it at a step.</summary>
    public int Run(WorkerStart start, long stopAt = long.MaxValue)
    {
        using CancellationTokenSource stop = new();
        return TrainingRun.Run(
            start,
            happened =>
            {
                Events.Add(happened);
                if (happened is WorkerMetrics metrics && metrics.Step >= stopAt && metrics.Values.ContainsKey("loss"))
                {
                    stop.Cancel();
                }
            },
            stop.Token);
    }

    public WorkerFailed Fail(WorkerStart start)
    {
        Assert.Equal(WorkerExit.Failed, Run(start));
        return Assert.IsType<WorkerFailed>(Events[^1]);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
