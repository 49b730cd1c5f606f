namespace LlmPlatform.Training.Objectives;

/// <summary>The loss of one batch.</summary>
/// <param name="Loss">A scalar with its gradient, not yet divided; null where the batch has nothing to learn.</param>
/// <param name="Mean">The loss as an evaluation takes it.</param>
/// <param name="Weight">How much <paramref name="Mean"/> counts in the mean of an evaluation.</param>
/// <param name="Metrics">Means over the batch under TRL's names.</param>
/// <param name="Tokens">Tokens that are attended to.</param>
public sealed record BatchLoss(Tensor? Loss, double Mean, double Weight, IReadOnlyList<BatchMetric> Metrics, long Tokens);

/// <summary>A mean over a batch.</summary>
/// <param name="Name">TRL's name.</param>
/// <param name="Value">The mean.</param>
/// <param name="Weight">How many values it is the mean of.</param>
public sealed record BatchMetric(string Name, double Value, double Weight);
