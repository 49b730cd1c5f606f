using System.Globalization;
using System.Text;
using LlmPlatform.Tokenization.Unicode;

namespace LlmPlatform.Tokenization.Regexes;

/// <summary>Writes an expression in .NET's syntax, over the symbols of an alphabet.</summary>
internal sealed class RegexWriter(SymbolAlphabet alphabet)
{
    private readonly StringBuilder _text = new();

    /// <summary>All sets that an expression tells apart, those of its conditions included.</summary>
    public static List<CodePointSet> SetsOf(RegexNode node)
    {
        var sets = new List<CodePointSet> { UnicodeSets.Newline };
        Collect(node, sets);
        return sets;
    }

    public string Write(RegexNode node)
    {
        Append(node);
        return _text.ToString();
    }

    private static void Collect(RegexNode node, List<CodePointSet> sets)
    {
        switch (node)
        {
            case SetNode set:
                sets.Add(set.Set);
                break;
            case SequenceNode sequence:
                Array.ForEach([.. sequence.Parts], part => Collect(part, sets));
                break;
            case AlternationNode alternation:
                Array.ForEach([.. alternation.Ways], way => Collect(way, sets));
                break;
            case RepeatNode repeat:
                Collect(repeat.Part, sets);
                break;
            case GroupNode group:
                Collect(group.Part, sets);
                break;
            case AssertionNode { Kind: AssertionKind.WordBoundary or AssertionKind.NotWordBoundary }:
                sets.Add(UnicodeSets.Word);
                break;
            default:
                break;
        }
    }

    private void Append(RegexNode node)
    {
        switch (node)
        {
            case SetNode set:
                _text.Append(Class(set.Set));
                break;
            case SequenceNode sequence:
                Array.ForEach([.. sequence.Parts], Append);
                break;
            case AlternationNode alternation:
                AppendAlternation(alternation);
                break;
            case RepeatNode repeat:
                AppendRepeat(repeat);
                break;
            case GroupNode group:
                AppendGroup(Opening(group.Kind), group.Part);
                break;
            case AssertionNode assertion:
                _text.Append(Assertion(assertion.Kind));
                break;
            default:
                throw new InvalidOperationException($"No rule for {node.GetType().Name}.");
        }
    }

    private void AppendAlternation(AlternationNode alternation)
    {
        for (int i = 0; i < alternation.Ways.Count; i++)
        {
            _text.Append(i == 0 ? "" : "|");
            Append(alternation.Ways[i]);
        }
    }

    private void AppendRepeat(RepeatNode repeat)
    {
        if (repeat.Kind == RepeatKind.Possessive)
        {
            AppendGroup("(?>", repeat with { Kind = RepeatKind.Greedy });
            return;
        }

        AppendGroup("(?:", repeat.Part);
        _text.Append((repeat.Minimum, repeat.Maximum) switch
        {
            (0, null) => "*",
            (1, null) => "+",
            (0, 1) => "?",
            (int minimum, null) => string.Create(CultureInfo.InvariantCulture, $"{{{minimum},}}"),
            (int minimum, int maximum) => string.Create(CultureInfo.InvariantCulture, $"{{{minimum},{maximum}}}"),
        });
        _text.Append(repeat.Kind == RepeatKind.Lazy ? "?" : "");
    }

    private void AppendGroup(string opening, RegexNode part)
    {
        _text.Append(opening);
        Append(part);
        _text.Append(')');
    }

    private static string Opening(GroupKind kind) => kind switch
    {
        GroupKind.Atomic => "(?>",
        GroupKind.Ahead => "(?=",
        GroupKind.NotAhead => "(?!",
        GroupKind.Behind => "(?<=",
        GroupKind.NotBehind => "(?<!",
        _ => "(?:",
    };

    // A line never begins after a line break that ends the text.
    private string Assertion(AssertionKind kind)
    {
        string newline = Class(UnicodeSets.Newline);
        return kind switch
        {
            AssertionKind.LineStart => $"(?:\\A|(?<={newline})(?!\\z))",
            AssertionKind.LineEnd => $"(?:\\z|(?={newline}))",
            AssertionKind.TextStart => "\\A",
            AssertionKind.TextEnd => "\\z",
            AssertionKind.TextEndOrLastLine => $"(?={newline}?\\z)",
            AssertionKind.WordBoundary => WordBoundary(behind: "<=", ahead: "!") + WordBoundary(behind: "<!", ahead: "=", last: true),
            AssertionKind.NotWordBoundary => WordBoundary(behind: "<=", ahead: "=") + WordBoundary(behind: "<!", ahead: "!", last: true),
            _ => "\\G",
        };
    }

    private string WordBoundary(string behind, string ahead, bool last = false)
    {
        string word = Class(UnicodeSets.Word);
        return $"{(last ? "|" : "(?:")}(?{behind}{word})(?{ahead}{word}){(last ? ")" : "")}";
    }

    private string Class(CodePointSet set)
    {
        string symbols = alphabet.SymbolsOf(set);
        return symbols.Length == 0 ? "(?!)" : $"[{symbols}]";
    }
}
