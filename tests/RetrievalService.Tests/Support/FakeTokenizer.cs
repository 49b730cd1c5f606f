using Grpc.Core;
using LlmPlatform.Contracts.Tokenizer.V1;

namespace LlmPlatform.RetrievalService.Tests.Support;

/// <summary>A token a word.</summary>
internal sealed class FakeTokenizer : Tokenizer.TokenizerBase
{
    public override Task<EncodeBatchResponse> EncodeBatch(EncodeBatchRequest request, ServerCallContext context) => Task.FromResult(new EncodeBatchResponse
    {
        Encodings =
        {
            request.Texts.Select(text => new Encoding
            {
                Ids = { Enumerable.Repeat(1, text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Length) },
            }),
        },
    });
}
