using System.Diagnostics.CodeAnalysis;
using LlmPlatform.Tokenization.Text;
using LlmPlatform.Tokenization.Unicode;

namespace LlmPlatform.Tokenization.Regexes;

/// <summary>Walks over the characters of a regular expression and reads what is the same inside and outside of classes.</summary>
internal sealed class RegexReader(int[] pattern)
{
    private const int MaxRepeats = 100_000;

    public int Position { get; set; }

    public bool AtEnd => Position >= pattern.Length;

    public int Peek(int ahead = 0) => Position + ahead < pattern.Length ? pattern[Position + ahead] : -1;

    public int Take() => AtEnd ? throw Error("more") : pattern[Position++];

    public bool TryTake(int character)
    {
        bool found = Peek() == character;
        Position += found ? 1 : 0;
        return found;
    }

    public string TakeUntil(int end)
    {
        int start = Position;
        while (Take() != end)
        {
        }

        return CodePoints.Encode(pattern.AsSpan(start, Position - start - 1));
    }

    public FormatException Error(string expected) => new($"at character {Position}: expected {expected}");

    /// <summary>Reads <c>{n}</c>, <c>{n,}</c>, <c>{,m}</c> or <c>{n,m}</c>; anything else is no interval.</summary>
    public bool TryTakeInterval(out int minimum, out int? maximum)
    {
        minimum = 0;
        maximum = null;
        if (!TryTake('{'))
        {
            return false;
        }

        int? low = TakeNumber(10, 6);
        bool isRange = TryTake(',');
        int? high = isRange ? TakeNumber(10, 6) : low;
        if ((low is null && high is null) || !TryTake('}'))
        {
            return false;
        }

        minimum = low ?? 0;
        maximum = high;
        return minimum <= MaxRepeats && (high ?? 0) <= MaxRepeats && minimum <= (high ?? minimum)
            ? true
            : throw Error($"a repetition of at most {MaxRepeats} times, the smaller number first");
    }

    /// <summary>Reads what follows a backslash when that is a set: <c>\d \w \s \h \p{...}</c> and their opposites.</summary>
    public bool TryTakeEscapedSet(bool inClass, [NotNullWhen(true)] out CodePointSet? set)
    {
        CodePointSet word = inClass ? UnicodeSets.WordInClass : UnicodeSets.Word;
        int letter = Peek();
        set = letter switch
        {
            'd' => UnicodeSets.Digit,
            'D' => UnicodeSets.Digit.Complement(),
            'w' => word,
            'W' => word.Complement(),
            's' => UnicodeSets.Space,
            'S' => UnicodeSets.Space.Complement(),
            'h' => UnicodeSets.HexDigit,
            'H' => UnicodeSets.HexDigit.Complement(),
            'N' => UnicodeSets.Newline.Complement(),
            'O' => CodePointSet.All,
            _ => null,
        };
        if (set is not null)
        {
            Position++;
        }
        else if (letter is 'p' or 'P' && Peek(1) == '{')
        {
            Position += 2;
            bool negated = TryTake('^') != (letter == 'P');
            string name = TakeUntil('}');
            CodePointSet property = UnicodeSets.FindProperty(name) ?? throw Error($"a known property, not {name}");
            set = negated ? property.Complement() : property;
        }

        return set is not null;
    }

    /// <summary>Reads what follows a backslash as one character.</summary>
    public int TakeEscapedCharacter()
    {
        int letter = Take();
        switch (letter)
        {
            case 't':
                return '\t';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 'f':
                return '\f';
            case 'v':
                return '\v';
            case 'a':
                return '\a';
            case 'e':
                return 0x1B;
            case 'c':
                return Take() & 0x1F;
            case 'x' when TryTake('{'):
                int braced = TakeNumber(16, 8) ?? throw Error("hexadecimal digits");
                return TryTake('}') && braced <= CodePointSet.Last ? braced : throw Error("} after a code point");
            case 'x':
                return TakeNumber(16, 2) ?? 0;
            case 'u':
                return TakeNumber(16, 4) ?? throw Error("four hexadecimal digits");
            case >= '0' and <= '7':
                Position--;
                return TakeNumber(8, 3) ?? 0;
            default:
                return letter;
        }
    }

    private int? TakeNumber(int radix, int maxDigits)
    {
        int start = Position;
        long number = 0;
        while (Position - start < maxDigits && Digit(Peek()) is int digit && digit < radix)
        {
            number = (number * radix) + digit;
            Position++;
        }

        return Position == start ? null : (int)Math.Min(number, int.MaxValue);
    }

    private static int? Digit(int character) => character switch
    {
        >= '0' and <= '9' => character - '0',
        >= 'a' and <= 'f' => character - 'a' + 10,
        >= 'A' and <= 'F' => character - 'A' + 10,
        _ => null,
    };
}
