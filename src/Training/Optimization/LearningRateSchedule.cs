namespace LlmPlatform.Training.Optimization;

/// <summary>The learning rate of each step, as transformers' schedulers of the same names give it.</summary>
/// <param name="Type">cosine, linear, constant or constant_with_warmup.</param>
/// <param name="Peak">The rate after the warm-up.</param>
/// <param name="WarmupSteps">Steps in which the rate grows from 0: the first one has rate 0.</param>
/// <param name="TotalSteps">Steps in all, warm-up included.</param>
public sealed record LearningRateSchedule(string Type, double Peak, long WarmupSteps, long TotalSteps)
{
    /// <summary>The names that are known.</summary>
    public static readonly string[] Types = ["cosine", "linear", "constant", "constant_with_warmup"];

    /// <summary>The rate that the optimizer step after <paramref name="done"/> others uses.</summary>
    /// <exception cref="InvalidOperationException">The type is not known.</exception>
    public double At(long done) => Peak * (Type == "constant" ? 1 : done < WarmupSteps ? (double)done / Math.Max(1, WarmupSteps) : AfterWarmup(done));

    private double AfterWarmup(long done)
    {
        double left = Math.Max(1, TotalSteps - WarmupSteps);
        return Type switch
        {
            "linear" => Math.Max(0, (TotalSteps - done) / left),
            "cosine" => Math.Max(0, 0.5 * (1 + Math.Cos(Math.PI * ((done - WarmupSteps) / left)))),
            "constant_with_warmup" => 1,
            _ => throw new InvalidOperationException($"lr_scheduler_type {Type} is not known, expected {string.Join(", ", Types)}"),
        };
    }
}
