using LlmPlatform.Contracts.Tokenizer.V1;
using LlmPlatform.Retrieval.Chunking;
using TokenizerClient = LlmPlatform.Contracts.Tokenizer.V1.Tokenizer.TokenizerClient;

namespace LlmPlatform.RetrievalService.Models;

/// <summary>Counts tokens with the tokenizer of the encoder that a collection is pinned to.</summary>
internal sealed class ModelTokenCounter(TokenizerClient client, string model) : ITokenCounter
{
    private const int MaxTexts = 512;

    // The answer holds every id: it must stay below the longest message.
    private const int MaxCharacters = 100_000;

    /// <inheritdoc />
    public async ValueTask<IReadOnlyList<int>> CountAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        int[] counts = new int[texts.Count];
        EncodeBatchRequest request = NewRequest();
        List<int> owners = [];
        int characters = 0;
        for (int i = 0; i < texts.Count; i++)
        {
            // A text of many pages is counted in pieces: what a cut adds does not matter there.
            for (int start = 0; start < texts[i].Length; start += MaxCharacters)
            {
                string piece = texts[i].Length <= MaxCharacters ? texts[i] : Piece(texts[i], start);
                if (request.Texts.Count == MaxTexts || (request.Texts.Count > 0 && characters + piece.Length > MaxCharacters))
                {
                    await SendAsync(request, owners, counts, cancellationToken);
                    (request, owners, characters) = (NewRequest(), [], 0);
                }

                request.Texts.Add(piece);
                owners.Add(i);
                characters += piece.Length;
            }
        }

        if (request.Texts.Count > 0)
        {
            await SendAsync(request, owners, counts, cancellationToken);
        }

        return counts;
    }

    // Half of a surrogate pair is no valid text: it goes to the neighbour that has the other half, or is replaced.
    private static string Piece(string text, int start)
    {
        int from = start > 0 && char.IsLowSurrogate(text[start]) ? start + 1 : start;
        int to = Math.Min(text.Length, start + MaxCharacters);
        to = to < text.Length && char.IsLowSurrogate(text[to]) ? to + 1 : to;
        return text[from..to];
    }

    private EncodeBatchRequest NewRequest() => new() { Model = model, Options = new EncodeOptions { AddSpecialTokens = false } };

    private async Task SendAsync(EncodeBatchRequest request, List<int> owners, int[] counts, CancellationToken cancellationToken)
    {
        EncodeBatchResponse response = await client.EncodeBatchAsync(request, cancellationToken: cancellationToken);
        for (int i = 0; i < owners.Count; i++)
        {
            counts[owners[i]] += response.Encodings[i].Ids.Count;
        }
    }
}
