using System.Text;
using LlmPlatform.Tokenization.Unicode;

namespace LlmPlatform.Tokenization.Regexes;

/// <summary>
/// Divides Unicode into classes: two characters are in one class when every set of an expression has both or neither. A
/// class has a symbol, a 16-bit unit.
/// </summary>
internal sealed class SymbolAlphabet
{
    private const int PageBits = 8;
    private const int PageSize = 1 << PageBits;

    private const char FirstSymbol = '\u0001';

    private readonly char[] _pageOf = new char[(CodePointSet.Last + 1) >> PageBits];
    private readonly char[] _pages;
    private readonly List<int> _representatives = [];

    public SymbolAlphabet(IReadOnlyList<CodePointSet> sets)
    {
        char[] symbols = AssignSymbols(sets);
        var pages = new List<char>();
        var known = new Dictionary<string, char>(StringComparer.Ordinal);
        for (int page = 0; page < _pageOf.Length; page++)
        {
            ReadOnlySpan<char> content = symbols.AsSpan(page << PageBits, PageSize);
            string key = content.ToString();
            if (!known.TryGetValue(key, out char index))
            {
                index = (char)known.Count;
                known.Add(key, index);
                pages.AddRange(content);
            }

            _pageOf[page] = index;
        }

        _pages = [.. pages];
    }

    /// <summary>The symbols of a set's members, as the inside of a character class; empty when the set is.</summary>
    public string SymbolsOf(CodePointSet set)
    {
        var result = new StringBuilder();
        for (int i = 0; i < _representatives.Count; i++)
        {
            int start = i;
            while (i < _representatives.Count && set.Contains(_representatives[i]))
            {
                i++;
            }

            if (i > start)
            {
                result.Append(Escape(start));
                result.Append(i - start > 1 ? "-" + Escape(i - 1) : "");
            }
        }

        return result.ToString();
    }

    public void Translate(ReadOnlySpan<int> text, Span<char> symbols)
    {
        for (int i = 0; i < text.Length; i++)
        {
            int codePoint = text[i];
            symbols[i] = _pages[(_pageOf[codePoint >> PageBits] << PageBits) | (codePoint & (PageSize - 1))];
        }
    }

    private static string Escape(int symbol) => $"\\u{FirstSymbol + symbol:X4}";

    // The symbol of every code point. Between two neighbouring bounds of all sets nothing changes.
    private char[] AssignSymbols(IReadOnlyList<CodePointSet> sets)
    {
        int[] bounds = [.. sets.SelectMany(set => set.Bounds.ToArray()).Append(0).Append(CodePointSet.Last + 1).Distinct().Order()];
        var symbols = new char[CodePointSet.Last + 1];
        var known = new Dictionary<string, char>(StringComparer.Ordinal);
        for (int i = 0; i + 1 < bounds.Length; i++)
        {
            string members = string.Concat(sets.Select(set => set.Contains(bounds[i]) ? '1' : '0'));
            if (!known.TryGetValue(members, out char symbol))
            {
                symbol = (char)(FirstSymbol + known.Count);
                known.Add(members, symbol);
                _representatives.Add(bounds[i]);
            }

            symbols.AsSpan(bounds[i], bounds[i + 1] - bounds[i]).Fill(symbol);
        }

        return symbols;
    }
}
