namespace LlmPlatform.Training.Optimization;

/// <summary>Settings of <see cref="AdamW"/>; defaults are torch's.</summary>
/// <param name="Beta1">Of the mean of gradients.</param>
/// <param name="Beta2">Of the mean of squared gradients.</param>
/// <param name="Epsilon">Added to the root of the second mean.</param>
/// <param name="WeightDecay">Of parameters that decay.</param>
public sealed record AdamWOptions(double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8, double WeightDecay = 0);
