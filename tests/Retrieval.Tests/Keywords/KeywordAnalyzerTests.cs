using System.Text;
using FsCheck.Xunit;
using LlmPlatform.Retrieval.Keywords;
using LlmPlatform.Retrieval.Tests.Evaluation;

namespace LlmPlatform.Retrieval.Tests.Keywords;

public class KeywordAnalyzerTests
{
    [Theory]
    [InlineData("여의도 농민", "여의 의도 농민")]
    [InlineData("한 글", "한 글")]
    [InlineData("1989년 3월에", "1989년 1989 3월 3 월에")]
    [InlineData("CPU는 빠르다.", "cpu는 cpu 빠르 르다")]
    [InlineData("Indexing the indexes", "index the index")]
    [InlineData("don't users' Lindqvist's", "don't user lindqvist")]
    [InlineData("Café CRÈME Łódź naïve", "cafe creme lodz naiv")]
    [InlineData("ＡＢＣ１２３ ｅｒｒｏｒ", "abc123 error")]
    [InlineData("2.4.1 foo_bar", "2 4 1 foo bar")]
    [InlineData("東京タワー", "東京 京タ タワ ワー")]
    [InlineData("𠀀𠀁字", "𠀀𠀁 𠀁字")]
    [InlineData("ㅋㅋㅋ", "ㅋㅋ ㅋㅋ")]
    [InlineData("Привет мир", "привет мир")]
    [InlineData(" \t.,!?😀\ud800", "")]
    public void Terms_are_cut(string text, string terms) => Assert.Equal(terms, string.Join(' ', Terms(text)));

    [Theory]
    [InlineData("한글", "\u1112\u1161\u11ab\u1100\u1173\u11af")]
    [InlineData("과학", "\u1100\u116a\u1112\u1161\u11a8")]
    [InlineData("각각", "가\u11a8가\u11a8")]
    [InlineData("café", "cafe\u0301")]
    [InlineData("Việt", "Vie\u0323\u0302t")]
    public void Decomposed_text_has_the_same_terms(string composed, string decomposed) =>
        Assert.Equal(Terms(composed), Terms(decomposed));

    [Fact]
    public void Jamo_that_form_no_syllable_stay() =>
        Assert.Equal(["\u1100가"], Terms("\u1100\u1100\u1161"));

    [Fact]
    public void Every_modern_syllable_is_composed()
    {
        for (int index = 0; index < 11172; index++)
        {
            StringBuilder jamo = new();
            jamo.Append((char)(0x1100 + (index / 588))).Append((char)(0x1161 + (index / 28 % 21)));
            if (index % 28 > 0)
            {
                jamo.Append((char)(0x11A7 + (index % 28)));
            }

            Assert.Equal([((char)(0xAC00 + index)).ToString()], Terms(jamo.ToString()));
        }
    }

    [Fact]
    public void A_long_word_is_cut()
    {
        string term = Assert.Single(Terms(new string('x', 100_000)));
        Assert.True(term.Length <= KeywordAnalyzer.MostTermLength);
    }

    [Property]
    public void Any_text_gives_terms_of_bounded_length(string? text)
    {
        string[] terms = [.. Terms(text ?? "")];
        Assert.Equal(terms, Terms(text ?? ""));
        Assert.All(terms, term => Assert.InRange(term.Length, 1, KeywordAnalyzer.MostTermLength));
    }

    [Fact]
    public void Terms_cost_no_memory()
    {
        string text = string.Concat(Enumerable.Repeat("1989년 2월 여의도에서 running experiments 농민 시위를 ", 200));
        int count = 0;
        TermAction action = _ => count++;
        KeywordAnalyzer.Instance.Analyze(text, action);
        long before = GC.GetAllocatedBytesForCurrentThread();
        KeywordAnalyzer.Instance.Analyze(text, action);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
        Assert.True(count > 4000);
    }

    private static IEnumerable<string> Terms(string text) => BruteForceSearcher.Terms(KeywordAnalyzer.Instance)(text);
}
