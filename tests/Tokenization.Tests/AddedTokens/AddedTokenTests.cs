using LlmPlatform.Tokenization.AddedTokens;
using LlmPlatform.Tokenization.Models;
using LlmPlatform.Tokenization.Normalizers;

namespace LlmPlatform.Tokenization.Tests.AddedTokens;

public class AddedTokenTests
{
    [Fact]
    public void The_longest_token_at_a_place_wins() =>
        Assert.Equal(["<t>x", "<t>"], Encode("<t>x<t>", new AddedToken(7, "<t>"), new AddedToken(8, "<t>x")).Tokens);

    [Fact]
    public void White_space_beside_a_token_is_taken_where_it_says_so()
    {
        Encoding encoding = Encode("a  <t>  b", new AddedToken(7, "<t>", LStrip: true, RStrip: true));
        Assert.Equal(["a", "  <t>  ", "b"], encoding.Tokens);
        Assert.Equal([new(0, 1), new(1, 8), new TokenOffset(8, 9)], encoding.Offsets);
    }

    [Fact]
    public void White_space_between_two_tokens_belongs_to_the_first_that_takes_it()
    {
        Encoding encoding = Encode("<t>  <t>", new AddedToken(7, "<t>", LStrip: true, RStrip: true));
        Assert.Equal(["<t>  ", "<t>"], encoding.Tokens);
        Assert.Equal([new(0, 5), new TokenOffset(5, 8)], encoding.Offsets);
    }

    [Fact]
    public void A_single_word_is_not_found_within_another()
    {
        Assert.Equal(["a", "b"], Encode("ab", new AddedToken(7, "b", SingleWord: true)).Tokens);
        Assert.Equal([0, 7], Encode("a b", new AddedToken(7, "b", SingleWord: true)).Ids);
    }

    [Fact]
    public void A_normalized_token_is_found_in_the_normalized_text_and_reads_so()
    {
        AddedToken[] tokens = [new(7, "Tok"), new(8, "RAW", Normalized: false)];
        var tokenizer = new Tokenizer(Letters(), tokens, new LowercaseNormalizer());
        Assert.Equal([7, 8, 7], tokenizer.EncodeIds("TOKRAWtok"));
        Assert.Equal("tok", tokenizer.IdToToken(7));
        Assert.Equal(7, tokenizer.TokenToId("Tok"));
    }

    [Fact]
    public void Only_special_tokens_are_skipped_when_decoding()
    {
        var tokenizer = new Tokenizer(Letters(), [new(7, "<s>", Special: true), new(8, "<t>")]);
        Assert.Equal("a <t>", tokenizer.Decode([7, 0, 8]));
        Assert.Equal("<s> a <t>", tokenizer.Decode([7, 0, 8], skipSpecialTokens: false));
        Assert.Equal(["<s>"], tokenizer.SpecialTokens.Keys);
        Assert.Equal(4, tokenizer.VocabularySize);
    }

    private static BpeModel Letters() => new(TestTokenizers.Vocabulary("a", "b"), new MergeTable(), new BpeOptions());

    private static Encoding Encode(string text, params AddedToken[] tokens)
    {
        var tokenizer = new Tokenizer(Letters(), tokens);
        Encoding encoding = tokenizer.Encode(text);
        Assert.Equal(encoding.Ids, tokenizer.EncodeIds(text));
        return encoding;
    }
}
