namespace LlmPlatform.Training.Data;

/// <summary>Pairs as an encoder takes them: every column by itself, filled up to its own length.</summary>
/// <param name="Anchor">First texts, [rows, length].</param>
/// <param name="Positive">Texts that belong to them, [rows, length].</param>
/// <param name="Negatives">Columns of texts that do not; may be none.</param>
public sealed record PairBatch(PaddedIds Anchor, PaddedIds Positive, IReadOnlyList<PaddedIds> Negatives);
