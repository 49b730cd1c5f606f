using LlmPlatform.Tokenization.Models;
using LlmPlatform.Tokenization.PostProcessors;

namespace LlmPlatform.Tokenization.Tests.Encodings;

public class TruncationTests
{
    [Fact]
    public void EncodeTruncated_keeps_the_special_tokens()
    {
        Encoding encoding = Bert().EncodeTruncated("abcdef", 5);
        Assert.Equal(["[CLS]", "a", "b", "c", "[SEP]"], encoding.Tokens);
        Assert.Empty(encoding.Overflowing);
        Assert.Equal(["[CLS]", "[SEP]"], Bert().EncodeTruncated("abc", 2).Tokens);
        Assert.Equal(Bert().Encode("abc").Ids, Bert().EncodeTruncated("abc", 5).Ids);
        Assert.Throws<TokenizationException>(() => Bert().EncodeTruncated("abc", 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Bert().EncodeTruncated("abc", -1));
    }

    [Theory]
    [InlineData(TokenSide.Right, "abc", "cde|efg")]
    [InlineData(TokenSide.Left, "efg", "cde|abc")]
    public void Windows_overlap_by_the_stride(TokenSide side, string kept, string overflowing)
    {
        Encoding encoding = Plain().Encode(
            EncodeInput.FromText("abcdefg"),
            new EncodeOptions { Truncation = new TruncationOptions(3, Stride: 1, Direction: side) });
        Assert.Equal(kept, string.Concat(encoding.Tokens));
        Assert.Equal(overflowing.Split('|'), encoding.Overflowing.Select(window => string.Concat(window.Tokens)));
    }

    [Theory]
    [InlineData("abcdef", "gh", 5, "abcgh")]
    [InlineData("ab", "cdefgh", 5, "abcde")]
    [InlineData("abcd", "efgh", 5, "abefg")]
    public void The_longer_member_of_a_pair_is_cut_first(string text, string pair, int length, string expected)
    {
        var options = new EncodeOptions { Truncation = new TruncationOptions(length) };
        Assert.Equal(expected, string.Concat(Plain().Encode(EncodeInput.FromText(text, pair), options).Tokens));
    }

    [Fact]
    public void What_cannot_be_cut_is_refused()
    {
        Refused(new TruncationOptions(3, Strategy: TruncationStrategy.OnlySecond), null);
        Refused(new TruncationOptions(3, Strategy: TruncationStrategy.OnlySecond), "x");
        Refused(new TruncationOptions(3, Stride: 3), null);

        static void Refused(TruncationOptions truncation, string? pair) => Assert.Throws<TokenizationException>(
            () => Plain().Encode(EncodeInput.FromText("abcdef", pair), new EncodeOptions { Truncation = truncation }));
    }

    [Fact]
    public void Padding_fills_the_batch_up_to_its_longest()
    {
        var options = new EncodeOptions { Padding = new PaddingOptions(PadId: 9, PadToken: "_", PadToMultipleOf: 2, Direction: TokenSide.Left) };
        IReadOnlyList<Encoding> batch = Plain().EncodeBatch([EncodeInput.FromText("abc"), EncodeInput.FromText("a")], options);
        Assert.Equal(["_", "a", "b", "c"], batch[0].Tokens);
        Assert.Equal([0, 0, 0, 1], batch[1].AttentionMask);
        Assert.Equal([9, 9, 9, 0], batch[1].Ids);
    }

    [Fact]
    public void Pairs_have_segments_and_sequences()
    {
        Encoding encoding = Bert().Encode("ab", "c");
        Assert.Equal(["[CLS]", "a", "b", "[SEP]", "c", "[SEP]"], encoding.Tokens);
        Assert.Equal([0, 0, 0, 0, 1, 1], encoding.TypeIds);
        Assert.Equal([null, 0, 0, null, 1, null], encoding.SequenceIds);
        Assert.Equal([1, 0, 0, 1, 0, 1], encoding.SpecialTokensMask);
    }

    [Fact]
    public void Words_keep_their_indices_and_count_offsets_from_their_beginning()
    {
        Encoding encoding = Plain().Encode(EncodeInput.FromWords(["ab", "c"]), new EncodeOptions());
        Assert.Equal([0, 0, 1], encoding.WordIds);
        Assert.Equal([new(0, 1), new(1, 2), new TokenOffset(0, 1)], encoding.Offsets);
    }

    private static Tokenizer Plain() => new(Letters());

    private static Tokenizer Bert() =>
        new(Letters(), postProcessor: new BertProcessing(new SpecialToken(101, "[SEP]"), new SpecialToken(100, "[CLS]")));

    private static BpeModel Letters() =>
        new(TestTokenizers.Vocabulary([.. "abcdefghx".Select(letter => letter.ToString())]), new MergeTable(), new BpeOptions());
}
