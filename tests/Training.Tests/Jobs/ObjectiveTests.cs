using LlmPlatform.Hub;
using LlmPlatform.Hub.Adapters;
using LlmPlatform.Training.Tests.Support;
using LlmPlatform.TrainingContracts.Recipes;
using LlmPlatform.TrainingContracts.Worker;
using Goals = LlmPlatform.TrainingContracts.Recipes.Objectives;

namespace LlmPlatform.Training.Tests.Jobs;

/// <summary>Each objective from its files to a result that can be read.</summary>
public sealed class ObjectiveTests
{
    public static TheoryData<string> Objectives => [.. Goals.All];

    [Theory]
    [MemberData(nameof(Objectives))]
    public async Task The_loss_falls_and_the_result_is_a_model(string objective)
    {
        using JobFolder job = new();
        bool encoder = objective is Goals.MaskedLm or Goals.Contrastive or Goals.CosineDistillation;
        string[] rows = objective switch
        {
            Goals.Dpo => JobFolder.Pairs(8),
            Goals.Sft => [.. Enumerable.Range(0, 8).Select(i => $$"""{"messages":[{"role":"user","content":"n {{i}}"},{"role":"assistant","content":"it is {{i}}"}]}""")],
            Goals.Contrastive => [.. Enumerable.Range(0, 8).Select(i => $$"""{"anchor":"what is {{i}}","positive":"{{i}} is a number"}""")],
            _ => JobFolder.Texts(8),
        };
        TrainingRecipe recipe = JobFolder.Recipe(objective) with { MaxSteps = 20, LearningRate = 5e-3, EvalSteps = 10, MaxLength = 32 };
        WorkerStart start = await job.StartAsync(recipe, rows, rows, encoder ? TinyModels.BertConfig() : null);
        if (objective == Goals.CosineDistillation)
        {
            start = start with { TeacherFolder = await job.WriteModelAsync(TinyModels.BertConfig(), "teacher", seed: 2) };
        }

        Assert.Equal(WorkerExit.Completed, job.Run(start));
        WorkerCompleted end = Assert.IsType<WorkerCompleted>(job.Events[^1]);
        Assert.True(end.EvaluationAfter["eval_loss"] < end.EvaluationBefore["eval_loss"], string.Join(' ', end.EvaluationAfter));
        Assert.Equal([0L, 10, 20], job.Metrics.Where(metrics => metrics.Values.ContainsKey("eval_loss")).Select(metrics => metrics.Step));
        Assert.Equal(20, job.Metrics.Count(metrics => metrics.Values.ContainsKey("loss") && metrics.Values.ContainsKey("grad_norm")));
        ModelFolder result = ModelFolder.Open(job.Output);
        Assert.NotNull(result.TokenizerPath);
        Assert.Equal(encoder, result.ModelType == "bert");
    }

    [Fact]
    public async Task Packed_rows_are_fewer_and_have_the_loss_that_they_have_alone()
    {
        string[] rows = [.. Enumerable.Range(0, 8).Select(i => $$"""{"messages":[{"role":"user","content":"n {{i}}"},{"role":"assistant","content":"{{new string('a', 1 + i)}} is {{i}}"}]}""")];
        using JobFolder alone = new();
        using JobFolder together = new();
        TrainingRecipe recipe = JobFolder.Recipe(Goals.Sft) with { MaxSteps = 1, MaxLength = 128, PerDeviceEvalBatchSize = 8 };
        Assert.Equal(WorkerExit.Completed, alone.Run(await alone.StartAsync(recipe, rows, rows)));
        Assert.Equal(WorkerExit.Completed, together.Run(await together.StartAsync(recipe with { Packing = true }, rows, rows)));

        WorkerCompleted expected = Assert.IsType<WorkerCompleted>(alone.Events[^1]);
        WorkerCompleted packed = Assert.IsType<WorkerCompleted>(together.Events[^1]);
        Assert.Equal(expected.EvaluationBefore["eval_loss"], packed.EvaluationBefore["eval_loss"], 1e-4);
        Assert.Equal(8, alone.Events.OfType<WorkerPrepared>().Single().TrainingRows);
        Assert.InRange(together.Events.OfType<WorkerPrepared>().Single().TrainingRows, 1, 7);
    }

    [Fact]
    public async Task An_adapter_names_its_base_and_training_goes_on_from_it()
    {
        using JobFolder job = new();
        TrainingRecipe recipe = JobFolder.Recipe(Goals.Dpo) with { Lora = new LoraRecipe { R = 4, LoraDropout = 0.5 }, MaxSteps = 20, LearningRate = 5e-3 };
        WorkerStart start = await job.StartAsync(recipe, JobFolder.Pairs(8), JobFolder.Pairs(8));
        Assert.Equal(WorkerExit.Completed, job.Run(start));
        Assert.True(File.Exists(Path.Combine(job.Output, LoraConfig.WeightsFileName)));
        Assert.Contains("tiny@1", File.ReadAllText(Path.Combine(job.Output, LoraConfig.FileName)), StringComparison.Ordinal);
        Assert.True(Assert.IsType<WorkerCompleted>(job.Events[^1]).EvaluationAfter["eval_rewards/margins"] > 0);

        using JobFolder next = new();
        WorkerStart further = (await next.StartAsync(recipe, JobFolder.Pairs(8), JobFolder.Pairs(8))) with { BaseAdapterFolder = job.Output };
        Assert.Equal(WorkerExit.Completed, next.Run(further));

        // The reference is the adapter as it was, without its dropout: before the first step there is no reward.
        Assert.Equal(0, Assert.IsType<WorkerCompleted>(next.Events[^1]).EvaluationBefore["eval_rewards/margins"], 5);
        Assert.Equal("invalid_recipe", next.Fail(further with { Recipe = recipe with { Lora = new LoraRecipe { R = 5 } } }).Code);
    }
}
