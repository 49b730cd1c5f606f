using LlmPlatform.Training.Data;

namespace LlmPlatform.Training.Objectives;

/// <summary>Pairs of answers with what the reference says of them.</summary>
/// <param name="Pairs">The tokens.</param>
/// <param name="ReferenceChosen">Log-probabilities of the better answers.</param>
/// <param name="ReferenceRejected">Log-probabilities of the worse answers.</param>
public sealed record ReferencedPairs(PreferenceBatch Pairs, float[] ReferenceChosen, float[] ReferenceRejected);
