using LlmPlatform.Retrieval.Chunking;
using TokenizerClient = LlmPlatform.Contracts.Tokenizer.V1.Tokenizer.TokenizerClient;

namespace LlmPlatform.RetrievalService.Models;

/// <summary>Who counts tokens: the encoder's own tokenizer, or an estimate where there is none.</summary>
internal sealed class TokenCounters(TokenizerClient client)
{
    public ITokenCounter For(Encoder? encoder) =>
        encoder is { HasTokenizer: true } ? new ModelTokenCounter(client, encoder.Reference) : new EstimatedTokenCounter();
}
