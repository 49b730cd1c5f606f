using LlmPlatform.Training.Objectives;

namespace LlmPlatform.Training.Loop;

/// <summary>What a step came to.</summary>
/// <param name="Loss">The loss of all its batches together.</param>
/// <param name="GradNorm">The 2-norm of the gradient before it was scaled down.</param>
/// <param name="LearningRate">The rate it used.</param>
/// <param name="Tokens">Tokens that were attended to.</param>
/// <param name="Metrics">The metrics of each batch.</param>
public sealed record StepResult(double Loss, double GradNorm, double LearningRate, long Tokens, IReadOnlyList<IReadOnlyList<BatchMetric>> Metrics);
