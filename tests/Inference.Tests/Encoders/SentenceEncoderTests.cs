using LlmPlatform.Hub;
using LlmPlatform.Inference.Encoders;
using LlmPlatform.Inference.Scheduling;
using LlmPlatform.Testing;

namespace LlmPlatform.Inference.Tests.Encoders;

/// <summary>What the encoder does around its network, with the small models of the reference material.</summary>
public sealed class SentenceEncoderTests
{
    private static readonly string[] Texts =
        ["A small boat.", "", "The train to Busan leaves at seven.", "He bought three apples and two pears.", "A small boat."];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_text_has_the_same_bits_alone_in_company_and_with_any_number_of_threads()
    {
        using SentenceEncoder encoder = Load(new SentenceEncoderOptions { Threads = 2 });
        using SentenceEncoder other = Load(new SentenceEncoderOptions { Threads = 1, BatchTokens = 12 });
        Embedding[] together = await encoder.EmbedAsync(Texts, null, Token);
        Embedding[] apart = await other.EmbedAsync(Texts, null, Token);
        for (int i = 0; i < Texts.Length; i++)
        {
            Embedding alone = (await encoder.EmbedAsync([Texts[i]], null, Token))[0];
            Assert.Equal(together[i].Values, alone.Values);
            Assert.Equal(together[i].Values, apart[i].Values);
        }

        Assert.Equal(together[0].Values, together[4].Values);
        Assert.NotEqual(together[0].Values, together[2].Values);
    }

    [Fact]
    public async Task A_text_that_is_too_long_loses_its_end_or_is_refused()
    {
        using SentenceEncoder encoder = Load();
        string text = string.Join(' ', Enumerable.Repeat("A small boat.", 40));
        Embedding cut = (await encoder.EmbedAsync([text], null, Token))[0];
        Assert.True(cut.Truncated);
        Assert.Equal(encoder.MaxSequenceLength, cut.TokenCount);
        PromptTooLongException refused = await Assert.ThrowsAsync<PromptTooLongException>(
            () => encoder.EmbedAsync([text], new EmbedOptions { Truncate = false }, Token));
        Assert.Equal(encoder.MaxSequenceLength, refused.ContextLength);
    }

    [Fact]
    public async Task Prompts_go_by_name_or_as_they_are()
    {
        using SentenceEncoder encoder = Load();
        float[] named = (await encoder.EmbedAsync(["lake"], new EmbedOptions { PromptName = "query" }, Token))[0].Values;
        float[] given = (await encoder.EmbedAsync(["lake"], new EmbedOptions { Prompt = "query: " }, Token))[0].Values;
        float[] written = (await encoder.EmbedAsync(["query: lake"], null, Token))[0].Values;
        float[] without = (await encoder.EmbedAsync(["lake"], new EmbedOptions { PromptName = "" }, Token))[0].Values;
        Assert.Equal(written, named);
        Assert.Equal(written, given);
        Assert.NotEqual(written, without);
        ArgumentException unknown = await Assert.ThrowsAsync<ArgumentException>(
            () => encoder.EmbedAsync(["lake"], new EmbedOptions { PromptName = "nonsense" }, Token));
        Assert.Contains("passage", unknown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fewer_dimensions_are_brought_to_length_one_again_unless_they_shall_not()
    {
        using SentenceEncoder encoder = Load();
        float[] full = (await encoder.EmbedAsync(["lake"], null, Token))[0].Values;
        float[] cut = (await encoder.EmbedAsync(["lake"], new EmbedOptions { Dimensions = 8 }, Token))[0].Values;
        float[] raw = (await encoder.EmbedAsync(["lake"], new EmbedOptions { Dimensions = 8, Normalize = false }, Token))[0].Values;
        Assert.Equal(1, full.Sum(x => x * x), 1e-5f);
        Assert.Equal(1, cut.Sum(x => x * x), 1e-5f);
        Assert.Equal(full[..8], raw);
        foreach (int dimensions in (int[])[0, -1, encoder.Dimensions + 1])
        {
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => encoder.EmbedAsync(["lake"], new EmbedOptions { Dimensions = dimensions }, Token));
        }
    }

    [Fact]
    public async Task Calls_are_bounded_cancelled_and_refused_once_it_is_closed()
    {
        SentenceEncoder encoder = Load(new SentenceEncoderOptions { MaxCalls = 2 });
        string[] many = [.. Enumerable.Repeat(Texts, 400).SelectMany(text => text)];
        Task<Embedding[]>[] running = [.. Enumerable.Range(0, 2).Select(_ => encoder.EmbedAsync(many, null, Token))];
        await Assert.ThrowsAsync<QueueFullException>(() => encoder.EmbedAsync(Texts, null, Token));
        await Task.WhenAll(running);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => encoder.EmbedAsync(Texts, null, new CancellationToken(true)));
        Assert.Equal(Texts.Length, (await encoder.EmbedAsync(Texts, null, Token)).Length);
        Assert.Empty(await encoder.EmbedAsync(Array.Empty<string>(), null, Token));
        encoder.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => encoder.EmbedAsync(Texts, null, Token));
    }

    [Fact]
    public async Task Ids_of_a_text_are_embedded_as_the_text()
    {
        using SentenceEncoder encoder = Load();
        int[] ids = Tokenization.Tokenizer.Load(SharedData.Require("golden", "models", "st_mean_normalize", "tokenizer.json")).EncodeIds(Texts[2], addSpecialTokens: false);
        Embedding byIds = (await encoder.EmbedAsync([EncoderInput.FromIds(ids)], null, Token))[0];
        Embedding byText = (await encoder.EmbedAsync([Texts[2]], null, Token))[0];
        Assert.Equal(byText.Values, byIds.Values);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => encoder.EmbedAsync([EncoderInput.FromIds([encoder.VocabularySize])], null, Token));
    }

    private static SentenceEncoder Load(SentenceEncoderOptions? options = null) =>
        SentenceEncoder.Load(ModelFolder.Open(SharedData.Require("golden", "models", "st_mean_normalize")), options);
}
