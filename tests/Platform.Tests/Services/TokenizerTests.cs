using Grpc.Core;
using LlmPlatform.Contracts.Tokenizer.V1;

namespace LlmPlatform.Platform.Tests.Services;

public sealed class TokenizerTests(PlatformFixture platform)
{
    private readonly Tokenizer.TokenizerClient _client = new(platform.Grpc);

    [Fact]
    public async Task Encodes_with_tokens_and_offsets_and_decodes_again()
    {
        EncodeResponse encoded = await _client.EncodeAsync(new EncodeRequest
        {
            Model = PlatformFixture.TinyDecoder,
            Text = "hello world",
            Options = new EncodeOptions { ReturnTokens = true, ReturnOffsets = true },
        });
        Assert.Equal(PlatformFixture.TinyDecoder, encoded.Model);
        Assert.Equal(["hello", "world"], encoded.Encoding.Tokens);
        Assert.Equal([(0, 5), (6, 11)], encoded.Encoding.Offsets.Select(offset => (offset.Start, offset.End)));

        DecodeResponse decoded = await _client.DecodeAsync(new DecodeRequest { Model = PlatformFixture.TinyDecoder, Ids = { encoded.Encoding.Ids } });
        Assert.Equal("hello world", decoded.Text);
        Assert.Equal(encoded.Version, decoded.Version);
    }

    [Fact]
    public async Task Encodes_a_batch_in_order_and_cuts_it()
    {
        EncodeBatchResponse batch = await _client.EncodeBatchAsync(new EncodeBatchRequest
        {
            Model = PlatformFixture.TinyDecoder,
            Texts = { "the cat sits on the mat", "dog" },
            Options = new EncodeOptions { MaxLength = 3, ReturnTokens = true },
        });
        Assert.Equal(["the", "cat", "sits"], batch.Encodings[0].Tokens);
        Assert.True(batch.Encodings[0].Truncated);
        Assert.Equal(["dog"], batch.Encodings[1].Tokens);
        Assert.False(batch.Encodings[1].Truncated);
    }

    [Fact]
    public async Task Lists_the_tokenizers()
    {
        ListTokenizersResponse list = await _client.ListTokenizersAsync(new ListTokenizersRequest());
        Assert.Contains(list.Tokenizers, tokenizer => tokenizer.Model == PlatformFixture.TinyDecoder);
        Assert.Contains(list.Tokenizers, tokenizer => tokenizer.Model == PlatformFixture.TinyEncoder);
    }

    [Fact]
    public async Task Special_tokens_are_added_unless_they_are_not_wanted()
    {
        PlatformFixture.RequireModel(PlatformFixture.MiniLm);
        EncodeRequest request = new() { Model = PlatformFixture.MiniLm, Text = "hello" };
        EncodeResponse with = await _client.EncodeAsync(request);
        request.Options = new EncodeOptions { AddSpecialTokens = false };
        EncodeResponse without = await _client.EncodeAsync(request);
        Assert.Equal([101, 7592, 102], with.Encoding.Ids);
        Assert.Equal([1, 0, 1], with.Encoding.SpecialTokensMask);
        Assert.Equal([7592], without.Encoding.Ids);
    }

    [Fact]
    public async Task A_max_length_without_room_for_the_special_tokens_is_refused()
    {
        PlatformFixture.RequireModel(PlatformFixture.MiniLm);
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await _client.EncodeAsync(new EncodeRequest
        {
            Model = PlatformFixture.MiniLm,
            Text = "hello",
            Options = new EncodeOptions { MaxLength = 1 },
        }));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Contains("options.max_length", error.Status.Detail, StringComparison.Ordinal);
    }
}
