using LlmPlatform.Inference.Encoders;

namespace LlmPlatform.EmbeddingService.Loading;

/// <summary>An encoder model in memory.</summary>
internal sealed class LoadedEncoder(SentenceEncoder encoder) : IAsyncDisposable
{
    public SentenceEncoder Encoder { get; } = encoder;

    public ValueTask DisposeAsync()
    {
        Encoder.Dispose();
        return ValueTask.CompletedTask;
    }
}
