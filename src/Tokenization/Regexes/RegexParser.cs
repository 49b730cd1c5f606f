using LlmPlatform.Tokenization.Text;
using LlmPlatform.Tokenization.Unicode;

namespace LlmPlatform.Tokenization.Regexes;

/// <summary>
/// Reads a regular expression in Oniguruma's Ruby syntax, in which tokenizer.json has them. References to groups and
/// subroutine calls are refused; without regard to case one character never equals two (ß and ss).
/// <see cref="FormatException"/>s say what is wrong.
/// </summary>
internal sealed class RegexParser
{
    private const int MaxDepth = 200;
    private const int MaxRepeatsOfOne = 20;

    private readonly RegexReader _reader;
    private int _depth;

    private RegexParser(string pattern) => _reader = new RegexReader(CodePoints.Decode(pattern));

    public static RegexNode Parse(string pattern)
    {
        var parser = new RegexParser(pattern);
        RegexNode node = parser.ParseAlternation(default);
        return parser._reader.AtEnd ? node : throw parser._reader.Error("a closing parenthesis without an opening one");
    }

    // Up to the end of the pattern or the parenthesis that closes the group.
    private RegexNode ParseAlternation(RegexOptionSet options)
    {
        if (++_depth > MaxDepth)
        {
            throw _reader.Error($"groups nested deeper than {MaxDepth}");
        }

        var ways = new List<RegexNode>();
        do
        {
            ways.Add(ParseSequence(options));
        }
        while (_reader.TryTake('|'));

        _depth--;
        return ways.Count == 1 ? ways[0] : new AlternationNode(ways);
    }

    private SequenceNode ParseSequence(RegexOptionSet options)
    {
        var parts = new List<RegexNode>();
        while (!_reader.AtEnd && _reader.Peek() is not ('|' or ')'))
        {
            if (options.Extended && SkipSpace())
            {
                continue;
            }

            RegexNode? atom = ParseAtom(options);
            if (atom is not null)
            {
                parts.Add(ParseRepeats(atom));
            }
        }

        return new SequenceNode(parts);
    }

    private bool SkipSpace()
    {
        if (_reader.TryTake('#'))
        {
            while (!_reader.AtEnd && _reader.Take() != '\n')
            {
            }

            return true;
        }

        return CharacterSets.IsWhiteSpace(_reader.Peek()) && _reader.Take() >= 0;
    }

    // Null: a comment.
    private RegexNode? ParseAtom(RegexOptionSet options)
    {
        int character = _reader.Take();
        return character switch
        {
            '(' => ParseGroup(options),
            '[' => new SetNode(options.Apply(new CharacterClassParser(_reader, options).Parse())),
            '.' => new SetNode(options.DotAll ? CodePointSet.All : UnicodeSets.Newline.Complement()),
            '^' => new AssertionNode(AssertionKind.LineStart),
            '$' => new AssertionNode(AssertionKind.LineEnd),
            '\\' => ParseEscape(options),
            '*' or '+' or '?' => throw _reader.Error("something before the repetition"),
            _ => Character(character, options),
        };
    }

    private GroupNode? ParseGroup(RegexOptionSet options)
    {
        if (!_reader.TryTake('?'))
        {
            return CloseGroup(options, GroupKind.Plain);
        }

        int kind = _reader.Take();
        switch (kind)
        {
            case ':':
                return CloseGroup(options, GroupKind.Plain);
            case '>':
                return CloseGroup(options, GroupKind.Atomic);
            case '=':
                return CloseGroup(options, GroupKind.Ahead);
            case '!':
                return CloseGroup(options, GroupKind.NotAhead);
            case '<' when _reader.TryTake('='):
                return CloseGroup(options, GroupKind.Behind);
            case '<' when _reader.TryTake('!'):
                return CloseGroup(options, GroupKind.NotBehind);
            case '<' or '\'':
                _reader.TakeUntil(kind == '<' ? '>' : '\'');
                return CloseGroup(options, GroupKind.Plain);
            case '#':
                _reader.TakeUntil(')');
                return null;
            default:
                return ParseOptions(kind, options);
        }
    }

    private GroupNode CloseGroup(RegexOptionSet options, GroupKind kind)
    {
        RegexNode part = ParseAlternation(options);
        return _reader.TryTake(')') ? new GroupNode(part, kind) : throw _reader.Error("a closing parenthesis");
    }

    // (?im-x: ... ), or (?im-x), which holds up to the end of the group around it.
    private GroupNode ParseOptions(int first, RegexOptionSet options)
    {
        bool on = true;
        for (int letter = first; ; letter = _reader.Take())
        {
            switch (letter)
            {
                case '-':
                    on = false;
                    break;
                case 'i':
                    options = options with { IgnoreCase = on };
                    break;
                case 'm':
                    options = options with { DotAll = on };
                    break;
                case 'x':
                    options = options with { Extended = on };
                    break;
                case ':':
                    return CloseGroup(options, GroupKind.Plain);
                case ')':
                    return new GroupNode(ParseAlternation(options), GroupKind.Plain);
                default:
                    throw _reader.Error("a known kind of group or one of the options i, m and x");
            }
        }
    }

    private RegexNode ParseEscape(RegexOptionSet options)
    {
        int character = _reader.Peek();
        AssertionKind? assertion = character switch
        {
            'A' => AssertionKind.TextStart,
            'z' => AssertionKind.TextEnd,
            'Z' => AssertionKind.TextEndOrLastLine,
            'b' => AssertionKind.WordBoundary,
            'B' => AssertionKind.NotWordBoundary,
            'G' => AssertionKind.SearchStart,
            _ => null,
        };
        if (assertion is AssertionKind kind)
        {
            _reader.Take();
            return new AssertionNode(kind);
        }

        switch (character)
        {
            case 'R':
                _reader.Take();
                return LineBreak();
            case (>= '1' and <= '9') or 'k' or 'g' or 'K' or 'X' or 'y' or 'Y':
                throw _reader.Error($"no \\{(char)character}, which is not supported");
            default:
                return _reader.TryTakeEscapedSet(inClass: false, out CodePointSet? set)
                    ? new SetNode(options.Apply(set))
                    : Character(_reader.TakeEscapedCharacter(), options);
        }
    }

    // \r\n counts as one and is not taken apart.
    private static GroupNode LineBreak() => new(
        new AlternationNode(
        [
            new SequenceNode([new SetNode(CodePointSet.Of('\r')), new SetNode(CodePointSet.Of('\n'))]),
            new SetNode(UnicodeSets.LineBreaks),
        ]),
        GroupKind.Atomic);

    private static SetNode Character(int character, RegexOptionSet options) =>
        new(options.Apply(CodePointSet.Of(character)));

    private RegexNode ParseRepeats(RegexNode atom)
    {
        for (int repeats = 0; !_reader.AtEnd; repeats++)
        {
            int start = _reader.Position;
            int minimum;
            int? maximum;
            bool isInterval = false;
            if (_reader.TryTake('*'))
            {
                (minimum, maximum) = (0, null);
            }
            else if (_reader.TryTake('+'))
            {
                (minimum, maximum) = (1, null);
            }
            else if (_reader.TryTake('?'))
            {
                (minimum, maximum) = (0, 1);
            }
            else if (_reader.TryTakeInterval(out minimum, out maximum))
            {
                isInterval = true;
            }
            else
            {
                _reader.Position = start;
                break;
            }

            if (repeats == MaxRepeatsOfOne)
            {
                throw _reader.Error($"at most {MaxRepeatsOfOne} repetitions of one part");
            }

            // After {n} a question mark makes the part optional, and after any {...} a plus repeats it, as in Ruby.
            RepeatKind kind = (!isInterval || minimum != maximum) && _reader.TryTake('?') ? RepeatKind.Lazy
                : !isInterval && _reader.TryTake('+') ? RepeatKind.Possessive
                : RepeatKind.Greedy;
            atom = new RepeatNode(atom, minimum, maximum, kind);
        }

        return atom;
    }
}
