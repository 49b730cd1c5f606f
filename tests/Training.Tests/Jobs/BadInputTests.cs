using System.Text.Json.Nodes;
using LlmPlatform.Training.Tests.Support;
using LlmPlatform.TrainingContracts.Recipes;
using LlmPlatform.TrainingContracts.Worker;
using Goals = LlmPlatform.TrainingContracts.Recipes.Objectives;

namespace LlmPlatform.Training.Tests.Jobs;

public sealed class BadInputTests
{
    [Fact]
    public async Task A_broken_line_is_named_before_training_begins()
    {
        string[] lines = JobFolder.Pairs(20);
        lines[16] = "{\"prompt\": \"a";
        lines[18] = """{"prompt":"a","chosen":"same","rejected":"same"}""";
        WorkerFailed failed = await FailAsync(JobFolder.Recipe(Goals.Dpo), lines);
        Assert.Equal("invalid_data", failed.Code);
        Assert.Equal([("train.jsonl", 17L), ("train.jsonl", 19L)], failed.DataErrors.Select(error => (error.FileId, error.Line)));
        Assert.Null(failed.Step);
    }

    [Fact]
    public async Task No_data_is_an_error()
    {
        Assert.Equal("invalid_data", (await FailAsync(JobFolder.Recipe(Goals.Sft), [""])).Code);
    }

    [Fact]
    public async Task More_to_evaluate_on_than_to_train_on_is_an_error()
    {
        WorkerFailed failed = await FailAsync(JobFolder.Recipe(Goals.Dpo), JobFolder.Pairs(3), JobFolder.Pairs(5));
        Assert.Equal("invalid_data", failed.Code);
        Assert.Contains("5 rows", failed.Message, StringComparison.Ordinal);
        Assert.Contains("3", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tokenizer_with_ids_beyond_the_vocabulary_does_not_fit()
    {
        WorkerFailed failed = await FailAsync(JobFolder.Recipe(Goals.Dpo), JobFolder.Pairs(4), config: TinyModels.LlamaConfig(vocabulary: 100));
        Assert.Equal("invalid_data", failed.Code);
        Assert.Contains("vocab_size 100", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_that_matches_nothing_is_an_error()
    {
        WorkerFailed failed = await FailAsync(
            JobFolder.Recipe(Goals.Dpo) with { Lora = new LoraRecipe { TargetModules = ["no_such_proj"] } }, JobFolder.Pairs(4));
        Assert.Equal("invalid_recipe", failed.Code);
        Assert.Contains("no_such_proj", failed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(true, 2)]
    public async Task A_learning_rate_of_a_million_fails_with_its_step(bool lora, int warmup)
    {
        WorkerFailed failed = await FailAsync(
            JobFolder.Recipe(Goals.Dpo) with { LearningRate = 1e6, WarmupSteps = warmup, Lora = lora ? new LoraRecipe() : null }, JobFolder.Pairs(8));
        Assert.Equal("nan_loss", failed.Code);
        Assert.Equal(warmup == 0 ? 1 : 2, failed.Step);
        Assert.Contains($"step {failed.Step}", failed.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Recipes => new()
    {
        { "objective", "poetry" },
        { "dtype", "float8" },
        { "lr_scheduler_type", "zigzag" },
        { "loss_type", "hinge" },
        { "learning_rate", "NaN" },
        { "per_device_train_batch_size", "0" },
        { "max_length", "1" },
        { "beta", "0" },
        { "lora.r", "0" },
    };

    [Theory]
    [MemberData(nameof(Recipes))]
    public async Task A_value_that_cannot_be_used_is_named(string field, string value)
    {
        TrainingRecipe recipe = JobFolder.Recipe(Goals.Dpo);
        recipe = field switch
        {
            "objective" => recipe with { Objective = value },
            "dtype" => recipe with { Dtype = value },
            "lr_scheduler_type" => recipe with { LrSchedulerType = value },
            "loss_type" => recipe with { LossType = value },
            "learning_rate" => recipe with { LearningRate = double.NaN },
            "per_device_train_batch_size" => recipe with { PerDeviceTrainBatchSize = 0 },
            "max_length" => recipe with { MaxLength = 1 },
            "beta" => recipe with { Beta = 0 },
            _ => recipe with { Lora = new LoraRecipe { R = 0 } },
        };
        WorkerFailed failed = await FailAsync(recipe, JobFolder.Pairs(4));
        Assert.Equal("invalid_recipe", failed.Code);
        Assert.StartsWith($"{field} is {value}", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_is_told_with_its_step()
    {
        // A file where the folder of checkpoints should be: any write into it fails.
        using JobFolder job = new();
        WorkerStart start = await job.StartAsync(JobFolder.Recipe(Goals.CausalLm) with { SaveSteps = 2 }, JobFolder.Texts(9));
        Directory.Delete(start.CheckpointFolder);
        File.WriteAllText(start.CheckpointFolder, "");
        Assert.Equal(2, job.Fail(start).Step);
        Assert.Equal("disk_full", Training.Jobs.JobFailure.Of(new IOException("No space left on device", 28), 3).Code);
        Assert.Equal("out_of_memory", Training.Jobs.JobFailure.Of(
            new NativeException("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes"), 3).Code);
    }

    private static async Task<WorkerFailed> FailAsync(TrainingRecipe recipe, string[] training, string[]? validation = null, JsonObject? config = null)
    {
        using JobFolder job = new();
        WorkerFailed failed = job.Fail(await job.StartAsync(recipe, training, validation, config));
        Assert.DoesNotContain(job.Metrics, metrics => metrics.Values.ContainsKey("loss") && metrics.Step >= (failed.Step ?? 1));
        return failed;
    }

    private sealed class NativeException(string message) : System.Runtime.InteropServices.ExternalException(message);
}
