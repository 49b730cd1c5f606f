namespace LlmPlatform.Tokenization.Tests;

public class RoundTripTests
{
    private static readonly Tokenizer Tokenizer = TestTokenizers.ByteLevel();

    [Fact]
    public void Byte_level_decoding_gives_any_text_back()
    {
        var random = new Random(1);
        for (int round = 0; round < 2000; round++)
        {
            string text = TestTokenizers.RandomText(random, random.Next(40));
            int[] ids = Tokenizer.EncodeIds(text);
            Assert.Equal(text, Tokenizer.Decode(ids, skipSpecialTokens: false));
            Assert.Equal(Tokenizer.Encode(text).Ids, ids);
        }
    }

    [Fact]
    public void Offsets_cover_the_text_in_order()
    {
        var random = new Random(4);
        for (int round = 0; round < 500; round++)
        {
            string text = TestTokenizers.RandomText(random, random.Next(1, 30));
            Encoding encoding = Tokenizer.Encode(text);
            TokenOffset[] units = encoding.ToUtf16Offsets(text);
            Assert.Equal(0, units[0].Start);
            Assert.Equal(text.Length, units[^1].End);
            Assert.All(units, unit => Assert.False(unit.Start < text.Length && char.IsLowSurrogate(text[unit.Start])));
            Assert.All(units.Zip(units.Skip(1)), pair => Assert.InRange(pair.Second.Start, pair.First.Start, pair.First.End));
        }
    }

    [Fact]
    public void A_lone_half_of_a_surrogate_pair_counts_as_the_replacement_character()
    {
        Assert.Equal(Tokenizer.EncodeIds("a\uFFFDb"), Tokenizer.EncodeIds("a\uD83Db"));
        Assert.Equal(Tokenizer.EncodeIds("\uFFFD"), Tokenizer.EncodeIds("\uDE00"));
        Encoding encoding = Tokenizer.Encode("\uD83D");
        Assert.Equal(new TokenOffset(0, 1), encoding.ToUtf16Offsets("\uD83D")[0]);
    }

    [Fact]
    public void Streamed_pieces_joined_are_the_decoded_text_and_cut_no_character()
    {
        var random = new Random(8);
        for (int round = 0; round < 1000; round++)
        {
            // Ids at random make broken UTF-8 as well.
            int[] ids = round % 2 == 0
                ? Tokenizer.EncodeIds(TestTokenizers.RandomText(random, random.Next(20)))
                : [.. Enumerable.Range(0, random.Next(30)).Select(_ => random.Next(263))];
            foreach (bool skip in new[] { true, false })
            {
                var stream = new DecodeStream(Tokenizer, skip);
                string?[] pieces = [.. ids.Select(stream.Step), stream.Flush()];
                Assert.Equal(Tokenizer.Decode(ids, skip), string.Concat(pieces));
                Assert.All(pieces, piece => Assert.False(piece is not null && HasLoneSurrogate(piece)));
            }
        }
    }

    [Fact]
    public void A_stream_gives_nothing_while_a_character_is_incomplete()
    {
        var stream = new DecodeStream(Tokenizer, skipSpecialTokens: true);
        int[] ids = Tokenizer.EncodeIds("가");
        Assert.Equal(2, ids.Length);
        Assert.Null(stream.Step(ids[0]));
        Assert.Equal("가", stream.Step(ids[1]));
        Assert.Null(stream.Step(262));
        Assert.Null(stream.Step(ids[0]));
        Assert.Equal("\uFFFD", stream.Flush());
        Assert.Null(stream.Flush());
        Assert.Equal("hello", stream.Step(259));
    }

    [Fact]
    public void Unknown_ids_are_passed_over()
    {
        Assert.Equal("hello", Tokenizer.Decode([259, 5000, -1]));
        Assert.Null(Tokenizer.IdToToken(5000));
        Assert.Null(Tokenizer.TokenToId("nothing"));
    }

    [Fact]
    public void Many_threads_get_the_same_ids()
    {
        var random = new Random(6);
        string[] texts = [.. Enumerable.Range(0, 200).Select(_ => TestTokenizers.RandomText(random, 50))];
        int[][] expected = [.. texts.Select(text => Tokenizer.Encode(text).Ids)];
        Parallel.For(0, 2000, i => Assert.Equal(expected[i % texts.Length], Tokenizer.EncodeIds(texts[i % texts.Length])));
    }

    private static bool HasLoneSurrogate(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return true;
            }
        }

        return false;
    }
}
