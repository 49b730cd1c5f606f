namespace LlmPlatform.Inference.Encoders;

/// <summary>The vector of one text.</summary>
/// <param name="Values">[dimensions].</param>
/// <param name="TokenCount">Tokens that were run, special ones and the prompt's counted.</param>
/// <param name="Truncated">Whether the text was longer than the model takes and lost its end.</param>
public sealed record Embedding(float[] Values, int TokenCount, bool Truncated);
