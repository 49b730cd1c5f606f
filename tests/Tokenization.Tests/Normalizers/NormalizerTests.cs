using LlmPlatform.Tokenization.Normalizers;
using LlmPlatform.Tokenization.Regexes;
using LlmPlatform.Tokenization.Tests.Golden;
using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.Tests.Normalizers;

public class NormalizerTests
{
    [Fact]
    public void Lowercase_knows_no_final_sigma_and_takes_the_dot_of_the_capital_i_apart()
    {
        Check(new LowercaseNormalizer(), "ΟΔΟΣ", "οδοσ", "0-1 1-2 2-3 3-4");
        Check(new LowercaseNormalizer(), "İA", "i\u0307a", "0-1 0-1 1-2");
    }

    [Fact]
    public void Strip_takes_white_space_off_the_chosen_ends()
    {
        Check(new StripNormalizer(true, true), "\u3000 a \n", "a", "2-3");
        Check(new StripNormalizer(true, false), " a ", "a ", "1-2 2-3");
        Check(new StripNormalizer(true, true), "  ", "", "");
    }

    [Fact]
    public void Prepend_leaves_an_empty_text_alone()
    {
        Check(new PrependNormalizer("__"), "ab", "__ab", "0-1 0-1 0-1 1-2");
        Check(new PrependNormalizer("_"), "", "", "");
    }

    [Fact]
    public void Replace_takes_its_content_literally_and_from_the_last_character()
    {
        Check(new ReplaceNormalizer(new RegexPattern("(a)(b)"), "\\1"), "xaby", "x\\1y", "0-1 2-3 2-3 3-4");
        Check(new ReplaceNormalizer(new LiteralPattern(""), "-"), "ab", "-a-b-", "0-0 0-1 0-1 1-2 1-2");
        Check(new ReplaceNormalizer(new LiteralPattern("a"), ""), "aba", "b", "1-2");
    }

    [Fact]
    public void ByteLevel_gives_each_byte_the_origin_of_its_character() =>
        Check(new ByteLevelNormalizer(), "é ", "Ã©Ġ", "0-1 0-1 1-2");

    [Fact]
    public void Bert_cleans_separates_strips_and_lowers()
    {
        var normalizer = new BertNormalizer(cleanText: true, handleChineseChars: true, stripAccents: true, lowercase: true);
        Check(normalizer, "É\0中\tX", "e 中  x", "0-1 2-3 2-3 2-3 3-4 4-5");
    }

    [Fact]
    public void Nmt_removes_controls_and_spaces_odd_spaces() => Check(new NmtNormalizer(), "a\u0001\u200Bb", "a b", "0-1 2-3 3-4");

    [Fact]
    public void Strip_accents_only_removes_marks() => Check(new StripAccentsNormalizer(), "e\u0301é", "eé", "0-1 2-3");

    [Fact]
    public void Sequence_keeps_origins_across_its_parts()
    {
        var normalizer = new SequenceNormalizer([UnicodeNormalizer.Nfd, new StripAccentsNormalizer(), new PrependNormalizer("_")]);
        Check(normalizer, "éa", "_ea", "0-1 0-1 1-2");
    }

    private static void Check(INormalizer normalizer, string text, string expected, string origins)
    {
        AlignedText aligned = Components.Text(text);
        normalizer.Normalize(aligned);
        Assert.Equal(expected, CodePoints.Encode(aligned.CodePoints));
        Assert.Equal(origins, string.Join(' ', Enumerable.Range(0, aligned.Count).Select(i => $"{aligned.Origin(i).Start}-{aligned.Origin(i).End}")));

        var plain = new AlignedText(tracksOrigins: false);
        plain.Load(CodePoints.Decode(text), 0);
        normalizer.Normalize(plain);
        Assert.Equal(expected, CodePoints.Encode(plain.CodePoints));
    }
}
