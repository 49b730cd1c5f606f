using System.Security.Cryptography;
using Grpc.Core;
using Grpc.Net.Client;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.Platform.Tests.Retrieval;
using LlmPlatform.Platform.Tests.Samples;
using LlmPlatform.Testing;

namespace LlmPlatform.Platform.Tests.Training;

/// <summary>kill -9 of the whole platform in the midst of a training, and pauses: the result is that of an undisturbed run, bit for bit.</summary>
public sealed class KilledTrainingTests : IDisposable
{
    private const int SaveSteps = 10;

    private readonly string _folder = Directory.CreateTempSubdirectory("llmplatform-killed-training-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_tiny_model_survives_three_kills_and_a_pause()
    {
        string model = await TinyModels.WriteDecoderAsync(Path.Combine(_folder, "model"));
        await SurviveAsync(PlatformFixture.TinyDecoder, model, steps: 400, new Recipe { LearningRate = 1e-3, SaveSteps = SaveSteps }, seed: 3);
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task A_real_model_survives_three_kills_and_a_pause()
    {
        PlatformFixture.RequireModel(PlatformFixture.Chat);
        Recipe recipe = new() { LearningRate = 2e-4, SaveSteps = SaveSteps, Lora = new LoraOptions { R = 8 } };
        await SurviveAsync(PlatformFixture.Chat, PlatformFixture.RealModels()[PlatformFixture.Chat], steps: 60, recipe, seed: 4);
    }

    private async Task SurviveAsync(string name, string model, int steps, Recipe recipe, int seed)
    {
        recipe.Objective = "sft";
        recipe.BaseModel = name;
        recipe.MaxSteps = steps;
        recipe.PerDeviceTrainBatchSize = 2;
        recipe.LoggingSteps = 1;
        recipe.Threads = 1;
        recipe.MaxLength = 64;
        Result undisturbed, disturbed;
        await using (PlatformProcess platform = await StartAsync("undisturbed", name, model))
        {
            undisturbed = await FinishAsync(platform, (await CreateAsync(platform, recipe)).Id, "undisturbed-result");
        }

        Random random = new(seed);
        PlatformProcess running = await StartAsync("disturbed", name, model);
        string id = (await CreateAsync(running, recipe)).Id;
        List<string> told = [];
        for (int kill = 0; kill < 3; kill++)
        {
            // Somewhere between the first checkpoint and the last step, each time further on.
            long from = SaveSteps + 1 + (kill * (steps - (2 * SaveSteps)) / 3);
            long at = random.NextInt64(from, from + ((steps - (2 * SaveSteps)) / 3));
            await Use(running, calls => calls.WaitAsync(id, job => job.Step >= at, TimeSpan.FromMinutes(10), Ct));
            await running.KillAsync();
            running = await StartAsync("disturbed", name, model);
            told.Add($"killed after step {at}");
        }

        // The child of a killed parent ended with its pipe, and the next one goes on from a checkpoint.
        Job paused = await PauseAsync(running, id);
        told.Add($"paused after step {paused.Step}");
        await Use(running, async calls => await calls.Client.ResumeJobAsync(new ResumeJobRequest { Id = id }, cancellationToken: Ct));
        disturbed = await FinishAsync(running, id, "disturbed-result");
        await running.DisposeAsync();

        Assert.Equal(Enumerable.Range(1, steps).Select(step => (long)step), undisturbed.Losses.Keys);
        Assert.Equal(undisturbed.Losses, disturbed.Losses);
        Assert.Equal(undisturbed.Weights, disturbed.Weights);
        EngineAgreement[] agreements =
        [
            Agreement("the undisturbed result", undisturbed, model, recipe),
            Agreement("the killed and resumed result", disturbed, model, recipe),
        ];
        Measurements.Write($"killed-training-{name}", [.. EngineAgreement.Head, .. agreements.Select(agreement => agreement.Row)]);
        Assert.All(agreements, agreement => agreement.Holds());
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{string.Join(", ", told)}; {steps} losses and the weights are equal bit for bit; loss {undisturbed.Losses[1]:0.0000} to {undisturbed.Losses[steps]:0.0000}");
    }

    // The registered files, read by the engine that serves and by the network that trains.
    private static EngineAgreement Agreement(string what, Result result, string model, Recipe recipe)
    {
        using ServedModel served = recipe.Lora is null ? new ServedModel(result.Folder, null) : new ServedModel(model, result.Folder);
        return EngineAgreement.Measure(what, served, ["what is on the mat ?", "what is on the world ?", "what is the capital of Korea ?", "고양이 안녕 세상 ?"]);
    }

    private static async Task<Job> PauseAsync(PlatformProcess platform, string id)
    {
        await Use(platform, calls => calls.WaitAsync(id, job => job.Status == JobStatus.Running, TimeSpan.FromMinutes(5), Ct));
        return await Use(platform, async calls =>
        {
            await calls.Client.PauseJobAsync(new PauseJobRequest { Id = id }, cancellationToken: Ct);
            return await calls.WaitAsync(id, job => job.Status == JobStatus.Paused, TimeSpan.FromMinutes(5), Ct);
        });
    }

    private static async Task<T> Use<T>(PlatformProcess platform, Func<TrainingCalls, Task<T>> work)
    {
        using GrpcChannel channel = GrpcChannel.ForAddress(platform.Grpc);
        return await work(new TrainingCalls(channel.CreateCallInvoker()));
    }

    private Task<PlatformProcess> StartAsync(string data, string name, string model) => PlatformProcess.StartAsync(
        new PlatformProcessOptions { DataFolder = Path.Combine(_folder, data), Models = new Dictionary<string, string> { [name] = model } }, Ct);

    private static Task<Job> CreateAsync(PlatformProcess platform, Recipe recipe) => Use(platform, async calls =>
    {
        Recipe own = recipe.Clone();
        own.TrainingFiles.Add(await calls.UploadAsync("train.jsonl", Conversations(), Ct));
        return await calls.Client.CreateJobAsync(new CreateJobRequest { Recipe = own, RequestId = "one" }, cancellationToken: Ct);
    });

    private static IEnumerable<string> Conversations()
    {
        string[] animals = ["cat", "dog", "고양이", "개"];
        string[] places = ["mat", "world", "Seoul", "Paris", "Korea", "France"];
        return animals.SelectMany(animal => places.Select(place => TrainingCalls.Conversation($"what is on the {place} ?", $"the {animal} sits on the {place} .")));
    }

    private Task<Result> FinishAsync(PlatformProcess platform, string id, string folder) => Use(platform, async calls =>
    {
        Job job = await calls.WaitForSuccessAsync(id, TimeSpan.FromMinutes(30), Ct);
        SortedDictionary<long, double> losses = TrainingCalls.Losses(await calls.EventsAsync(id, Ct));
        string result = await calls.DownloadAsync(job.OutputVersion, Path.Combine(_folder, folder), Ct);
        string weights = Directory.EnumerateFiles(result, "*.safetensors").Single();
        return new Result(result, losses, Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(weights, Ct))));
    });

    private sealed record Result(string Folder, SortedDictionary<long, double> Losses, string Weights);
}
