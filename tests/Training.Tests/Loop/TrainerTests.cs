using LlmPlatform.Modeling;
using LlmPlatform.Training.Data;
using LlmPlatform.Training.Loop;
using LlmPlatform.Training.Objectives;
using LlmPlatform.Training.Optimization;
using LlmPlatform.Training.Tests.Support;

namespace LlmPlatform.Training.Tests.Loop;

public sealed class TrainerTests
{
    [Theory]
    [InlineData(torch.ScalarType.Float32, 1e-5, 1e-4)]
    [InlineData(torch.ScalarType.Float64, 1e-10, 1e-10)]
    public void One_row_eight_times_is_eight_rows(torch.ScalarType dtype, double lossTolerance, double normTolerance)
    {
        TextExample[] rows = [.. Enumerable.Range(0, 8).Select(i => new TextExample([.. Enumerable.Range(0, 5 + (3 * i)).Select(j => (i + (j * j)) % 250)]))];
        StepResult large = Step(dtype, [LanguageBatch.From(rows, 256)]);
        StepResult small = Step(dtype, [.. rows.Select(row => LanguageBatch.From([row], 256))]);
        Assert.Equal(large.Tokens, small.Tokens);
        Assert.True(Math.Abs(large.Loss - small.Loss) <= lossTolerance * large.Loss, $"{large.Loss:r} {small.Loss:r}");
        Assert.True(Math.Abs(large.GradNorm - small.GradNorm) <= normTolerance * large.GradNorm, $"{large.GradNorm:r} {small.GradNorm:r}");
    }

    [Theory]
    [InlineData(torch.ScalarType.Float32, 1e-5, 1e-4)]
    [InlineData(torch.ScalarType.Float64, 1e-10, 1e-10)]
    public void One_pair_eight_times_is_eight_pairs(torch.ScalarType dtype, double lossTolerance, double normTolerance)
    {
        PreferenceExample[] rows = [.. Enumerable.Range(0, 8).Select(i => new PreferenceExample([1, 2 + i], [.. Enumerable.Range(9, 3 + i)], [7, i]))];
        PreferenceCollator collator = new(256, new PreferenceOptions());
        using CausalLanguageModel model = TinyModels.Llama(dtype);
        ReferencedPairs Batch(PreferenceExample[] some) => new(collator.Collate(some), [.. some.Select(_ => -9f)], [.. some.Select(_ => -11f)]);
        StepResult large = Step(model, new PreferenceObjective(model, 0.1), [Batch(rows)]);
        using CausalLanguageModel same = TinyModels.Llama(dtype);
        StepResult small = Step(same, new PreferenceObjective(same, 0.1), [.. rows.Select(row => Batch([row]))]);
        Assert.Equal(large.Loss, small.Loss, lossTolerance * large.Loss);
        Assert.Equal(large.GradNorm, small.GradNorm, normTolerance * large.GradNorm);
        Assert.True(large.GradNorm > 1e-3, $"{large.GradNorm:r}: the gradient is too small to compare");
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(1e20f, "[1-9]")]
    [InlineData(-1e20f, "[1-9]")]
    public void A_weight_beyond_all_sense_is_named_with_its_step(float momentum, string shown)
    {
        using CausalLanguageModel model = TinyModels.Llama();
        TrainedParameter[] parameters = Parameters(model);
        LanguageObjective objective = new(model, LanguageForm.Causal);
        Trainer<LanguageBatch> trainer = new(
            objective, parameters, new AdamW(parameters, new AdamWOptions()), new LearningRateSchedule("constant", 1e-3, 0, 100), 1);
        LanguageBatch batch = LanguageBatch.From([new TextExample([1, 2, 3])], 256);
        trainer.Step(1, [batch]);

        // Loss and gradient are sound; the momentum alone makes the next weight useless.
        TrainedParameter spoilt = parameters[^1];
        using (torch.no_grad())
        using (torch.NewDisposeScope())
        {
            spoilt.FirstMoment.fill_(momentum);
        }

        TrainingException exception = Assert.Throws<TrainingException>(() => trainer.Step(2, [batch]));
        Assert.Equal((FailureCodes.NanLoss, 2L), (exception.Code, exception.Step!.Value));
        Assert.Matches($"a weight of {System.Text.RegularExpressions.Regex.Escape(spoilt.Name)} is {shown}", exception.Message);
    }

    [Fact]
    public void Steps_leave_no_tensors_behind()
    {
        using CausalLanguageModel model = TinyModels.Llama();
        TrainedParameter[] parameters = Parameters(model);
        PreferenceObjective objective = new(model, 0.1);
        Trainer<ReferencedPairs> trainer = new(
            objective, parameters, new AdamW(parameters, new AdamWOptions()), new LearningRateSchedule("constant", 1e-3, 0, 100), 1);
        PreferenceCollator collator = new(256, new PreferenceOptions());
        ReferencedPairs batch = new(collator.Collate([new([1, 2], [3, 4], [5]), new([6], [7], [8, 9])]), [-9, -9], [-11, -11]);
        Evaluator<ReferencedPairs> evaluator = new(objective, 2, _ => batch);
        trainer.Step(1, [batch, batch]);
        evaluator.Run(CancellationToken.None);
        long before = torch.Tensor.TotalCount;
        for (int step = 2; step < 12; step++)
        {
            trainer.Step(step, [batch, batch]);
            evaluator.Run(CancellationToken.None);
        }

        // Tensors of other tests come and go; ten steps would leave hundreds.
        Assert.InRange(torch.Tensor.TotalCount - before, long.MinValue, 20);
    }

    [Fact]
    public void Epochs_are_permutations_of_their_own()
    {
        DataOrder order = new(rows: 10, batchSize: 3, accumulation: 2, seed: 7);
        Assert.Equal((4, 2), (order.BatchesPerEpoch, order.StepsPerEpoch));
        int[][] epochs = [.. Enumerable.Range(0, 3).Select(epoch =>
            new[] { 1, 2 }.SelectMany(step => order.Window((2 * epoch) + step)).SelectMany(batch => batch.Rows).ToArray())];
        Assert.All(epochs, rows => Assert.Equal(Enumerable.Range(0, 10), rows.Order()));
        Assert.NotEqual(epochs[0], epochs[1]);
        Assert.Equal([4L, 5], new DataOrder(10, 3, 2, 7).Window(3).Select(batch => batch.Number));
        Assert.Equal(epochs[1], new[] { 3, 4 }.SelectMany(step => new DataOrder(10, 3, 2, 7).Window(step)).SelectMany(batch => batch.Rows));
    }

    private static StepResult Step(torch.ScalarType dtype, LanguageBatch[] window)
    {
        using CausalLanguageModel model = TinyModels.Llama(dtype);
        return Step(model, new LanguageObjective(model, LanguageForm.Causal), window);
    }

    private static StepResult Step<TBatch>(CausalLanguageModel model, Objective<TBatch> objective, TBatch[] window)
    {
        TrainedParameter[] parameters = Parameters(model);
        Trainer<TBatch> trainer = new(
            objective, parameters, new AdamW(parameters, new AdamWOptions()), new LearningRateSchedule("constant", 1e-3, 0, 100), 1);
        return trainer.Step(1, window);
    }

    private static TrainedParameter[] Parameters(CausalLanguageModel model) =>
        [.. model.named_parameters().Select(pair => new TrainedParameter(pair.name, pair.parameter, DecayRule.Decays(pair.name)))];
}
