namespace LlmPlatform.Tokenization.Trainers;

/// <summary>How far a trainer is.</summary>
/// <param name="Stage">What it is doing.</param>
/// <param name="Done">How many texts, words, tokens or rounds of this stage are done.</param>
/// <param name="Total">How many there are; null where that is not known.</param>
public sealed record TrainerProgress(TrainerStage Stage, long Done, long? Total);
