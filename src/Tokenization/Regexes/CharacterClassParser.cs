using LlmPlatform.Tokenization.Unicode;

namespace LlmPlatform.Tokenization.Regexes;

/// <summary>Reads a class: <c>[a-z\d[:punct:][^x]&amp;&amp;...]</c>; the opening bracket has been read.</summary>
internal sealed class CharacterClassParser(RegexReader reader, RegexOptionSet options)
{
    private const int MaxDepth = 50;

    public CodePointSet Parse(int depth = 0)
    {
        if (depth > MaxDepth)
        {
            throw reader.Error($"classes nested no deeper than {MaxDepth}");
        }

        bool negated = reader.TryTake('^');
        CodePointSet set = CodePointSet.Empty;
        CodePointSet? intersection = null;
        for (bool first = true; ; first = false)
        {
            if (reader.Peek() == ']' && (!first || !HasLaterEnd()))
            {
                reader.Take();
                break;
            }

            if (reader.Peek() == '&' && reader.Peek(1) == '&')
            {
                reader.Position += 2;
                intersection = intersection?.Intersect(set) ?? set;
                set = CodePointSet.Empty;
                continue;
            }

            set = set.Union(ParseItem(depth));
        }

        set = options.Apply(intersection?.Intersect(set) ?? set);
        return negated ? set.Complement() : set;
    }

    // A bracket right at the beginning is a character when the class is closed later.
    private bool HasLaterEnd()
    {
        for (int ahead = 1; reader.Peek(ahead) >= 0; ahead++)
        {
            if (reader.Peek(ahead) == ']')
            {
                return true;
            }
        }

        return false;
    }

    private CodePointSet ParseItem(int depth)
    {
        if (reader.TryTake('['))
        {
            return TryTakePosixClass(out CodePointSet posix) ? posix : Parse(depth + 1);
        }

        int first = reader.Take();
        if (first == '\\')
        {
            if (reader.TryTakeEscapedSet(inClass: true, out CodePointSet? set))
            {
                return set;
            }

            if (reader.TryTake('R'))
            {
                return UnicodeSets.LineBreaks;
            }

            first = TakeEscaped();
        }

        return ParseRange(first);
    }

    private CodePointSet ParseRange(int first)
    {
        if (reader.Peek() != '-' || reader.Peek(1) is ']' or '[' or -1)
        {
            return CodePointSet.Of(first);
        }

        int start = reader.Position;
        reader.Take();
        int last = reader.Take();
        if (last == '\\')
        {
            if (reader.TryTakeEscapedSet(inClass: true, out _))
            {
                // "a-\d": the hyphen is a character.
                reader.Position = start;
                return CodePointSet.Of(first);
            }

            last = TakeEscaped();
        }

        return first <= last ? CodePointSet.Range(first, last) : throw reader.Error("a range whose first character is the lesser");
    }

    // Within a class \b is the backspace.
    private int TakeEscaped() => reader.TryTake('b') ? '\b' : reader.TakeEscapedCharacter();

    private bool TryTakePosixClass(out CodePointSet set)
    {
        int start = reader.Position;
        set = CodePointSet.Empty;
        if (!reader.TryTake(':'))
        {
            return false;
        }

        bool negated = reader.TryTake('^');
        var name = new System.Text.StringBuilder();
        while (reader.Peek() is >= 'a' and <= 'z')
        {
            name.Append((char)reader.Take());
        }

        if (UnicodeSets.FindPosixClass(name.ToString()) is CodePointSet found && reader.TryTake(':') && reader.TryTake(']'))
        {
            set = negated ? found.Complement() : found;
            return true;
        }

        reader.Position = start;
        return false;
    }
}
