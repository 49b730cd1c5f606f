using LlmPlatform.Tokenization.Models;
using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.Tests.Models;

public class UnigramModelTests
{
    [Fact]
    public void The_best_sum_of_scores_wins_over_longer_pieces()
    {
        var model = new UnigramModel([("<unk>", 0), ("a", -1), ("b", -1), ("ab", -3)], 0, byteFallback: false);
        Assert.Equal(["a", "b"], new Tokenizer(model).Encode("ab").Tokens);
    }

    [Fact]
    public void Unknown_characters_are_one_token_with_their_text()
    {
        var tokenizer = new Tokenizer(new UnigramModel([("<unk>", 0), ("a", -1)], 0, byteFallback: false));
        Encoding encoding = tokenizer.Encode("xyaz");
        Assert.Equal(["xy", "a", "z"], encoding.Tokens);
        Assert.Equal([0, 1, 0], encoding.Ids);
        Assert.Equal(encoding.Ids, tokenizer.EncodeIds("xyaz"));
    }

    [Fact]
    public void Byte_fallback_gives_each_byte_the_place_of_the_whole_unknown_run()
    {
        (string, double)[] pieces = [("<unk>", 0), ("a", -1), ("<0x78>", -5), ("<0x79>", -5)];
        var tokenizer = new Tokenizer(new UnigramModel(pieces, 0, byteFallback: true));
        Encoding encoding = tokenizer.Encode("axy");
        Assert.Equal(["a", "<0x78>", "<0x79>"], encoding.Tokens);
        Assert.Equal([new(0, 1), new(1, 3), new TokenOffset(1, 3)], encoding.Offsets);
    }

    [Fact]
    public void Without_an_unknown_token_an_unknown_character_is_an_error()
    {
        var tokenizer = new Tokenizer(new UnigramModel([("a", -1)], null, byteFallback: false));
        Assert.Throws<TokenizationException>(() => tokenizer.EncodeIds("b"));
    }

    [Fact]
    public void The_path_is_as_good_as_the_best_of_all_paths()
    {
        var random = new Random(3);
        string[] texts = [.. from length in Enumerable.Range(1, 3) from text in Words("ab", length) select text];
        (string Piece, double Score)[] pieces = [("<unk>", 0), .. texts.Select(text => (text, -random.NextDouble() * 10))];
        var model = new UnigramModel(pieces, 0, byteFallback: false);
        foreach (string text in Words("ab", 8))
        {
            var ids = new List<int>();
            model.TokenizeIds(CodePoints.Decode(text), ids);
            Assert.Equal(text, string.Concat(ids.Select(id => pieces[id].Piece)));
            Assert.Equal(BestScore(text, pieces), ids.Sum(id => pieces[id].Score), 1e-9);
        }
    }

    private static double BestScore(string text, (string Piece, double Score)[] pieces) => text.Length == 0
        ? 0
        : pieces.Where(piece => piece.Piece.Length > 0 && text.StartsWith(piece.Piece, StringComparison.Ordinal))
            .Max(piece => piece.Score + BestScore(text[piece.Piece.Length..], pieces));

    private static IEnumerable<string> Words(string letters, int length) => length == 0
        ? [""]
        : Words(letters, length - 1).SelectMany(word => letters.Select(letter => word + letter));
}
