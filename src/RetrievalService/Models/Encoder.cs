namespace LlmPlatform.RetrievalService.Models;

/// <summary>An encoder that a collection is pinned to.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Version">The content hash: promoting another version cannot mix vector spaces.</param>
/// <param name="Dimensions">Length of its vectors.</param>
/// <param name="Window">Tokens of a text that it sees, without its prompt and special tokens.</param>
/// <param name="HasTokenizer">Whether tokens can be counted with its own tokenizer.</param>
internal sealed record Encoder(string Model, string Version, int Dimensions, int Window, bool HasTokenizer)
{
    /// <summary><c>name@version</c>.</summary>
    public string Reference => $"{Model}@{Version}";
}
