using LlmPlatform.Tokenization.Models;

namespace LlmPlatform.Tokenization.Tests.Models;

public class WordPieceModelTests
{
    private static readonly Vocabulary Pieces = TestTokenizers.Vocabulary("[UNK]", "un", "##aff", "##able", "##a", "𝄞");

    [Fact]
    public void The_longest_piece_is_taken_from_the_left() =>
        Assert.Equal(["un", "##aff", "##able"], Encode("unaffable", 100).Tokens);

    [Fact]
    public void A_word_that_cannot_be_covered_is_unknown_as_a_whole()
    {
        Encoding encoding = Encode("unaffx", 100);
        Assert.Equal(["[UNK]"], encoding.Tokens);
        Assert.Equal([new TokenOffset(0, 6)], encoding.Offsets);
    }

    [Fact]
    public void The_length_limit_counts_code_points()
    {
        Assert.Equal(["𝄞"], Encode("𝄞", 1).Tokens);
        Assert.Equal(["[UNK]"], Encode("una", 2).Tokens);
        Assert.Equal(["un", "##a"], Encode("una", 3).Tokens);
    }

    [Fact]
    public void Without_its_unknown_token_an_unknown_word_is_an_error()
    {
        var model = new WordPieceModel(TestTokenizers.Vocabulary("a"), "[UNK]", "##", 100);
        Assert.Contains("[UNK]", Assert.Throws<TokenizationException>(() => new Tokenizer(model).EncodeIds("b")).Message);
    }

    private static Encoding Encode(string text, int limit)
    {
        var tokenizer = new Tokenizer(new WordPieceModel(Pieces, "[UNK]", "##", limit));
        Encoding encoding = tokenizer.Encode(text);
        Assert.Equal(encoding.Ids, tokenizer.EncodeIds(text));
        return encoding;
    }
}
