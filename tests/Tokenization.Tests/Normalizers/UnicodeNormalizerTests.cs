using LlmPlatform.Tokenization.Normalizers;
using LlmPlatform.Tokenization.Tests.Golden;
using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.Tests.Normalizers;

public class UnicodeNormalizerTests
{
    [Theory]
    [InlineData("é", "e\u0301", "é", "e\u0301", "é")]
    [InlineData("ﬁ", "ﬁ", "ﬁ", "fi", "fi")]
    [InlineData("각", "\u1100\u1161\u11A8", "각", "\u1100\u1161\u11A8", "각")]
    [InlineData("ế", "e\u0302\u0301", "ế", "e\u0302\u0301", "ế")]
    [InlineData("a\u0315\u0300", "a\u0300\u0315", "\u00E0\u0315", "a\u0300\u0315", "\u00E0\u0315")]
    [InlineData("\u212B", "A\u030A", "\u00C5", "A\u030A", "\u00C5")]
    [InlineData("\u0958", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C")]
    [InlineData("①", "①", "①", "1", "1")]
    public void Forms_are_those_of_the_standard(string text, string nfd, string nfc, string nfkd, string nfkc)
    {
        Assert.Equal(nfd, Normalize(UnicodeNormalizer.Nfd, text));
        Assert.Equal(nfc, Normalize(UnicodeNormalizer.Nfc, text));
        Assert.Equal(nfkd, Normalize(UnicodeNormalizer.Nfkd, text));
        Assert.Equal(nfkc, Normalize(UnicodeNormalizer.Nfkc, text));
    }

    [Fact]
    public void Normalizing_twice_changes_nothing_and_origins_grow()
    {
        var random = new Random(2);
        UnicodeNormalizer[] forms = [UnicodeNormalizer.Nfd, UnicodeNormalizer.Nfc, UnicodeNormalizer.Nfkd, UnicodeNormalizer.Nfkc];
        for (int round = 0; round < 500; round++)
        {
            string text = TestTokenizers.RandomText(random, 20);
            foreach (UnicodeNormalizer form in forms)
            {
                string once = Normalize(form, text);
                Assert.Equal(once, Normalize(form, once));
            }

            Assert.Equal(Normalize(UnicodeNormalizer.Nfd, text), Normalize(UnicodeNormalizer.Nfd, Normalize(UnicodeNormalizer.Nfc, text)));
        }
    }

    [Fact]
    public void A_long_run_of_marks_is_sorted_in_reasonable_time()
    {
        string marks = string.Concat(Enumerable.Repeat("\u0315\u0300", 200_000));
        Assert.Equal(400_001, Components.Text(Normalize(UnicodeNormalizer.Nfd, "a" + marks)).Count);
    }

    private static string Normalize(UnicodeNormalizer form, string text)
    {
        AlignedText aligned = Components.Text(text);
        form.Normalize(aligned);
        return CodePoints.Encode(aligned.CodePoints);
    }
}
