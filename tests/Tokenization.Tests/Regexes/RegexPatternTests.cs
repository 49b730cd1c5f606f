using LlmPlatform.Tokenization.Regexes;
using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.Tests.Regexes;

public class RegexPatternTests
{
    [Theory]
    [InlineData("a+", "baac", "1-3")]
    [InlineData("x*", "axb", "0-0 1-2 3-3")]
    [InlineData("^", "a\nb\n", "0-0 2-2")]
    [InlineData("$", "a\nb", "1-1 3-3")]
    [InlineData(@"\A.", "ab", "0-1")]
    [InlineData(@"b\z", "ab\n", "")]
    [InlineData(@"b\Z", "ab\n", "1-2")]
    [InlineData(".", "a\n𝄞", "0-1 2-3")]
    [InlineData("(?m:.)", "a\n", "0-1 1-2")]
    [InlineData(@"\p{L}+", "가나 abc𝐀", "0-2 3-7")]
    [InlineData(@"[^\s\p{L}\p{N}]+", "a!?😀 1", "1-4")]
    [InlineData(@"\bthe\b", "the then the", "0-3 9-12")]
    [InlineData(@"\Bb", "ab b", "1-2")]
    [InlineData("(?i)ab|C", "AB c", "0-2 3-4")]
    [InlineData("(?i:k)", "k\u212A", "0-1 1-2")]
    [InlineData("(?<=a).", "abac", "1-2 3-4")]
    [InlineData("(?<!a)b", "abb", "2-3")]
    [InlineData("a(?!b)", "abac", "2-3")]
    [InlineData("a++a", "aaa", "")]
    [InlineData("(?>a+)b", "aab", "0-3")]
    [InlineData("a{2}", "aaaaa", "0-2 2-4")]
    [InlineData("a{,2}b", "aaab", "1-4")]
    [InlineData("a{x}", "a{x}", "0-4")]
    [InlineData("a+?", "aa", "0-1 1-2")]
    [InlineData("[a-c&&[^b]]", "abc", "0-1 2-3")]
    [InlineData("[[:alpha:]]+", "ab1", "0-2")]
    [InlineData("[]a]", "]a", "0-1 1-2")]
    [InlineData(@"\h+", "xFa9", "1-4")]
    [InlineData(@"\x41\u0042\x{43}", "ABC", "0-3")]
    [InlineData(@"\p{Han}+", "漢字かな", "0-2")]
    [InlineData(@"\p{^L}", "a1", "1-2")]
    [InlineData(@"\R", "a\r\nb\n", "1-3 4-5")]
    [InlineData("(?x) a # one\n b", "ab", "0-2")]
    [InlineData("(?#comment)a", "a", "0-1")]
    [InlineData("(?<name>a)(b)", "ab", "0-2")]
    [InlineData(@"[\w]", "²a", "1-2")]
    [InlineData(@"\w", "²a", "0-1 1-2")]
    public void Matches_are_oniguruma_s(string pattern, string text, string expected)
    {
        var found = new List<PatternMatch>();
        new RegexPattern(pattern).FindMatches(CodePoints.Decode(text), found);
        string actual = string.Join(' ', found.Where(match => match.IsMatch).Select(match => $"{match.Start}-{match.End}"));
        Assert.Equal(expected, actual);
    }

    [Theory]
    [InlineData(@"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}|\s+(?!\S)|\s+", "HelloWorld's 1234", "Hello|World's| |123|4")]
    [InlineData(@"[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s", "don't go!!\n x", "don|'t| go|!!\n| x")]
    [InlineData(@"[一-龥\u3040-ゟ゠-ヿ]+|[!""#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[\p{P}\p{S}]+", "日本語です.abc+", "日本語です|.abc|+")]
    [InlineData("(?=(\\d{3})+(?!\\d))", "1234567", "1|234|567")]
    public void Expressions_of_known_tokenizers_divide_as_there(string pattern, string text, string expected)
    {
        var found = new List<PatternMatch>();
        int[] codePoints = CodePoints.Decode(text);
        new RegexPattern(pattern).FindMatches(codePoints, found);
        Assert.Equal(expected.Split('|'), found.Where(match => match.End > match.Start).Select(match => CodePoints.Encode(codePoints.AsSpan(match.Start, match.End - match.Start))));
    }

    [Theory]
    [InlineData("(a")]
    [InlineData("a)")]
    [InlineData("*a")]
    [InlineData("[a")]
    [InlineData("[z-a]")]
    [InlineData(@"(a)\1")]
    [InlineData(@"\p{Nonsense}")]
    [InlineData("(?q:a)")]
    [InlineData("a{5,2}")]
    [InlineData("a\\")]
    public void What_is_wrong_or_not_supported_is_refused(string pattern) =>
        Assert.Contains("expected", Assert.Throws<FormatException>(() => new RegexPattern(pattern)).Message);

    [Fact]
    public void Deep_nesting_is_refused()
    {
        Assert.Throws<FormatException>(() => new RegexPattern(new string('(', 100_000)));
        Assert.Throws<FormatException>(() => new RegexPattern("a" + new string('*', 100_000)));
        Assert.Throws<FormatException>(() => new RegexPattern(new string('[', 100_000)));
    }

    [Fact]
    public void Matches_and_gaps_cover_the_text()
    {
        var random = new Random(11);
        Pattern[] patterns =
        [
            new RegexPattern(@"'s|'t| ?\p{L}+| ?\p{N}+|\s+(?!\S)|\s+"), new RegexPattern("x*"), new RegexPattern(@"\p{M}"), new LiteralPattern(" "),
            new LiteralPattern(""),
        ];
        for (int round = 0; round < 300; round++)
        {
            int[] text = CodePoints.Decode(TestTokenizers.RandomText(random, random.Next(1, 40)));
            foreach (Pattern pattern in patterns)
            {
                var matches = new List<PatternMatch>();
                pattern.FindMatches(text, matches);
                Assert.Equal(0, matches[0].Start);
                Assert.Equal(text.Length, matches[^1].End);
                Assert.All(matches.Zip(matches.Skip(1)), pair => Assert.Equal(pair.First.End, pair.Second.Start));
            }
        }
    }
}
