using LlmPlatform.Tokenization.Models;
using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.Tests.Models;

public class BpeModelTests
{
    [Fact]
    public void Merges_apply_in_order_of_rank() => Assert.Equal(["ab", "c"], Pieces(Make(["a", "b", "c", "bc", "ab"], ["a b", "b c"]), "abc"));

    [Fact]
    public void Equal_ranks_apply_from_the_left() => Assert.Equal(["aa", "a"], Pieces(Make(["a", "aa"], ["a a"]), "aaa"));

    [Fact]
    public void Unknown_characters_vanish_without_an_unknown_token() => Assert.Equal(["a", "a"], Pieces(Make(["a"], []), "axa"));

    [Fact]
    public void Unknown_characters_are_one_token_each_or_fused()
    {
        Assert.Equal(["<u>", "<u>", "a"], Pieces(Make(["<u>", "a"], [], new BpeOptions { UnkToken = "<u>" }), "xya"));
        Assert.Equal(["<u>", "a"], Pieces(Make(["<u>", "a"], [], new BpeOptions { UnkToken = "<u>", FuseUnk = true }), "xya"));
    }

    [Fact]
    public void Byte_fallback_needs_all_bytes_of_a_character()
    {
        var options = new BpeOptions { UnkToken = "<u>", ByteFallback = true };
        Assert.Equal(["<0xEA>", "<0xB0>", "<0x80>"], Pieces(Make(["<u>", "<0xEA>", "<0xB0>", "<0x80>"], [], options), "가"));
        Assert.Equal(["<u>"], Pieces(Make(["<u>", "<0xEA>", "<0xB0>"], [], options), "가"));
    }

    [Fact]
    public void Bytes_of_a_character_have_its_place()
    {
        var model = Make(["x", "<0xEA>", "<0xB0>", "<0x80>"], [], new BpeOptions { ByteFallback = true });
        Encoding encoding = new Tokenizer(model).Encode("x가");
        Assert.Equal([new(0, 1), new(1, 2), new(1, 2), new TokenOffset(1, 2)], encoding.Offsets);
    }

    [Fact]
    public void Ignore_merges_takes_whole_words_of_the_vocabulary()
    {
        string[] pieces = ["a", "b", "c", "abc"];
        Assert.Equal(["a", "b", "c"], Pieces(Make(pieces, []), "abc"));
        Assert.Equal(["abc"], Pieces(Make(pieces, [], new BpeOptions { IgnoreMerges = true }), "abc"));
    }

    [Fact]
    public void Prefix_and_suffix_mark_the_characters_of_a_word()
    {
        var options = new BpeOptions { ContinuingSubwordPrefix = "##", EndOfWordSuffix = "</w>" };
        Assert.Equal(["a", "##b", "##c</w>"], Pieces(Make(["a", "##b", "##c</w>"], [], options), "abc"));
    }

    [Fact]
    public void Long_words_merge_as_short_ones_do()
    {
        var random = new Random(7);
        var merges = new MergeTable();
        int next = 4;
        for (int rank = 0; rank < 200; rank++)
        {
            merges.Add(random.Next(next), random.Next(next), rank, next++);
        }

        for (int round = 0; round < 200; round++)
        {
            BpeSymbol[] word = [.. Enumerable.Range(0, random.Next(65, 200)).Select(_ => new BpeSymbol(random.Next(4), 1))];
            BpeSymbol[] expected = MergeSlowly([.. word], merges);
            int count = BpeMerger.Merge(word, merges);
            Assert.Equal(expected, word.AsSpan(0, count).ToArray());

            BpeSymbol[] shortWord = [.. Enumerable.Range(0, random.Next(1, 64)).Select(_ => new BpeSymbol(random.Next(4), 1))];
            expected = MergeSlowly([.. shortWord], merges);
            count = BpeMerger.Merge(shortWord, merges);
            Assert.Equal(expected, shortWord.AsSpan(0, count).ToArray());
        }
    }

    [Fact]
    public void A_word_of_a_million_characters_is_merged_in_reasonable_time()
    {
        var model = Make(["a", "aa", "aaaa"], ["a a", "aa aa"]);
        Assert.Equal(250_000, new Tokenizer(model).EncodeIds(new string('a', 1_000_000)).Length);
    }

    private static BpeSymbol[] MergeSlowly(List<BpeSymbol> word, MergeTable merges)
    {
        while (true)
        {
            (int Rank, int Position, int Whole) best = (MergeTable.NoRank, -1, -1);
            for (int i = 0; i + 1 < word.Count; i++)
            {
                int rank = merges.Rank(word[i].Id, word[i + 1].Id, out int whole);
                best = rank < best.Rank ? (rank, i, whole) : best;
            }

            if (best.Position < 0)
            {
                return [.. word];
            }

            word[best.Position] = new BpeSymbol(best.Whole, word[best.Position].Length + word[best.Position + 1].Length);
            word.RemoveAt(best.Position + 1);
        }
    }

    private static BpeModel Make(string[] pieces, string[] merges, BpeOptions? options = null)
    {
        Vocabulary vocabulary = TestTokenizers.Vocabulary(pieces);
        var table = new MergeTable();
        for (int rank = 0; rank < merges.Length; rank++)
        {
            string[] pair = merges[rank].Split(' ');
            table.Add(vocabulary.Ids[pair[0]], vocabulary.Ids[pair[1]], rank, vocabulary.Ids[pair[0] + pair[1]]);
        }

        return new BpeModel(vocabulary, table, options ?? new BpeOptions());
    }

    private static string[] Pieces(BpeModel model, string word)
    {
        var tokens = new List<ModelToken>();
        int[] codePoints = CodePoints.Decode(word);
        model.Tokenize(codePoints, tokens);
        for (int round = 0; round < 2; round++)
        {
            // The second round comes out of the cache.
            var ids = new List<int>();
            model.TokenizeIds(codePoints, ids);
            Assert.Equal(tokens.Select(token => token.Id), ids);
        }

        return [.. tokens.Select(token => model.Vocabulary.Piece(token.Id))];
    }
}
