using LlmPlatform.Training.Tests.Support;
using LlmPlatform.TrainingContracts.Recipes;
using LlmPlatform.TrainingContracts.Worker;

namespace LlmPlatform.Training.Tests.Jobs;

public sealed class ResumeTests
{
    private static readonly TrainingRecipe Full = JobFolder.Recipe(TrainingContracts.Recipes.Objectives.Dpo) with
    {
        MaxSteps = 30,
        GradientAccumulationSteps = 2,
        SaveSteps = 10,
        LoggingSteps = 3,
        WarmupSteps = 4,
        WeightDecay = 0.1,
    };

    public static TheoryData<string> Recipes => ["full", "lora", "bfloat16"];

    [Theory]
    [MemberData(nameof(Recipes))]
    public async Task Stopped_twice_it_ends_bit_for_bit_as_undisturbed(string kind)
    {
        TrainingRecipe recipe = kind switch
        {
            "lora" => Full with { Lora = new LoraRecipe { R = 4, LoraDropout = 0.1 } },
            "bfloat16" => Full with { Dtype = "bfloat16" },
            _ => Full,
        };
        using JobFolder undisturbed = new();
        Assert.Equal(WorkerExit.Completed, undisturbed.Run(await undisturbed.StartAsync(recipe, JobFolder.Pairs(12), JobFolder.Pairs(4, 50))));

        using JobFolder disturbed = new();
        WorkerStart start = await disturbed.StartAsync(recipe, JobFolder.Pairs(12), JobFolder.Pairs(4, 50));
        Assert.Equal(WorkerExit.Stopped, disturbed.Run(start, stopAt: 11));
        WorkerStopped stopped = Assert.IsType<WorkerStopped>(disturbed.Events[^1]);
        start = disturbed.Next(start);
        Assert.EndsWith($"{stopped.Step:D8}", start.ResumeFrom, StringComparison.Ordinal);
        Assert.Equal(WorkerExit.Stopped, disturbed.Run(start, stopAt: 20));
        Assert.Equal(WorkerExit.Completed, disturbed.Run(disturbed.Next(start)));

        Assert.Equal([1, stopped.Step + 1, 22], disturbed.Events.OfType<WorkerPrepared>().Select(prepared => prepared.FirstStep));
        Assert.Equal(
            undisturbed.Metrics.Select(metrics => (metrics.Step, metrics.Epoch, metrics.NumTokens, string.Join(' ', metrics.Values))),
            disturbed.Metrics.Select(metrics => (metrics.Step, metrics.Epoch, metrics.NumTokens, string.Join(' ', metrics.Values))));
        string weights = recipe.Lora is null ? "model.safetensors" : "adapter_model.safetensors";
        Assert.Equal(File.ReadAllBytes(Path.Combine(undisturbed.Output, weights)), File.ReadAllBytes(Path.Combine(disturbed.Output, weights)));
        WorkerCompleted end = Assert.IsType<WorkerCompleted>(disturbed.Events[^1]);
        Assert.Equal(Assert.IsType<WorkerCompleted>(undisturbed.Events[^1]).EvaluationBefore, end.EvaluationBefore);
        Assert.True(end.EvaluationAfter["eval_loss"] < end.EvaluationBefore["eval_loss"]);
    }

    [Fact]
    public async Task A_checkpoint_of_another_recipe_is_refused()
    {
        using JobFolder job = new();
        WorkerStart start = await job.StartAsync(JobFolder.Recipe(TrainingContracts.Recipes.Objectives.CausalLm) with { SaveSteps = 1 }, JobFolder.Texts(9));
        job.Run(start, stopAt: 2);
        WorkerStart next = job.Next(start);
        WorkerFailed failed = job.Fail(next with { Recipe = next.Recipe with { LearningRate = 2 } });
        Assert.Equal("invalid_recipe", failed.Code);
        Assert.Contains("of another recipe", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_checkpoint_is_told()
    {
        using JobFolder job = new();
        WorkerStart start = await job.StartAsync(JobFolder.Recipe(TrainingContracts.Recipes.Objectives.CausalLm) with { SaveSteps = 1 }, JobFolder.Texts(9));
        job.Run(start, stopAt: 2);
        WorkerStart next = job.Next(start);
        File.WriteAllText(Path.Combine(next.ResumeFrom!, "state.json"), "{");
        Assert.Contains("state.json", job.Fail(next).Message, StringComparison.Ordinal);
    }
}
