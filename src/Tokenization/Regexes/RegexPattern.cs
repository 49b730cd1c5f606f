using System.Buffers;
using System.Text.RegularExpressions;
using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.Regexes;

/// <summary>
/// A regular expression in Oniguruma's syntax, run by .NET's engine. That engine knows neither astral characters nor the
/// reference's tables, so the text is first translated: the sets of the expression divide Unicode into a few classes of
/// characters that no set tells apart, and each character becomes one symbol that stands for its class. The expression is
/// rewritten over these symbols; places in the translation are places in the text.
/// </summary>
internal sealed class RegexPattern : Pattern
{
    // Expressions come with files; one that backtracks without end must not hold a thread for ever.
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(10);

    private readonly SymbolAlphabet _alphabet;
    private readonly Regex _regex;

    /// <summary>Compiles an expression.</summary>
    /// <exception cref="FormatException">It is no valid expression or uses what is not supported.</exception>
    public RegexPattern(string pattern)
    {
        RegexNode node = RegexParser.Parse(pattern);
        _alphabet = new SymbolAlphabet(RegexWriter.SetsOf(node));
        try
        {
            string translated = new RegexWriter(_alphabet).Write(node);
            _regex = new Regex(translated, RegexOptions.Compiled | RegexOptions.CultureInvariant, MatchTimeout);
        }
        catch (ArgumentException cause)
        {
            throw new FormatException(cause.Message, cause);
        }
    }

    protected override void Find(ReadOnlySpan<int> text, List<PatternMatch> matches)
    {
        char[] buffer = ArrayPool<char>.Shared.Rent(text.Length);
        Span<char> symbols = buffer.AsSpan(0, text.Length);
        _alphabet.Translate(text, symbols);
        try
        {
            FindSymbols(symbols, matches);
        }
        catch (RegexMatchTimeoutException cause)
        {
            throw new TokenizationException(
                $"A regular expression of the tokenizer took longer than {MatchTimeout.TotalSeconds:0} s on this text.", cause);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    private void FindSymbols(ReadOnlySpan<char> symbols, List<PatternMatch> matches)
    {
        int last = -1;
        foreach (ValueMatch match in _regex.EnumerateMatches(symbols))
        {
            if (match.Length > 0 || match.Index != last)
            {
                last = match.Index + match.Length;
                matches.Add(new PatternMatch(match.Index, last, true));
            }
        }
    }
}
