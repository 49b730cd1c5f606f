using LlmPlatform.Tokenization;

namespace LlmPlatform.TokenizerService.Loading;

/// <summary>A tokenizer in memory.</summary>
/// <param name="tokenizer">The tokenizer.</param>
/// <param name="fileBytes">The length of its tokenizer.json.</param>
internal sealed class LoadedTokenizer(Tokenizer tokenizer, long fileBytes) : IAsyncDisposable
{
    public Tokenizer Tokenizer { get; } = tokenizer;

    public long FileBytes { get; } = fileBytes;

    /// <summary>Nothing to free but managed memory.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
