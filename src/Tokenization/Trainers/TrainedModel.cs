namespace LlmPlatform.Tokenization.Trainers;

/// <summary>What a trainer has made.</summary>
/// <param name="Ids">The vocabulary.</param>
/// <param name="Write">Writes the <c>model</c> of a tokenizer.json.</param>
internal sealed record TrainedModel(IReadOnlyDictionary<string, int> Ids, Action<HuggingFaceJson> Write);
