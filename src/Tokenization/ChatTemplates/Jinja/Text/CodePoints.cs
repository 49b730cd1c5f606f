using System.Text;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Text;

/// <summary>
/// Strings as sequences of code points, as Python counts them; .NET counts UTF-16 units. A surrogate without its
/// partner counts as one.
/// </summary>
internal static class CodePoints
{
    internal static int Count(ReadOnlySpan<char> text)
    {
        int pairs = 0;
        for (int i = 0; i + 1 < text.Length; i++)
        {
            if (char.IsSurrogatePair(text[i], text[i + 1]))
            {
                pairs++;
                i++;
            }
        }

        return text.Length - pairs;
    }

    internal static bool HasSurrogates(ReadOnlySpan<char> text) => text.IndexOfAnyInRange('\ud800', '\udfff') >= 0;

    internal static int[] Of(ReadOnlySpan<char> text)
    {
        int[] points = new int[Count(text)];
        int at = 0;
        for (int i = 0; i < points.Length; i++)
        {
            bool isPair = at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]);
            points[i] = isPair ? char.ConvertToUtf32(text[at], text[at + 1]) : text[at];
            at += isPair ? 2 : 1;
        }

        return points;
    }

    internal static string ToText(ReadOnlySpan<int> points)
    {
        StringBuilder text = new(points.Length);
        foreach (int point in points)
        {
            Append(text, point);
        }

        return text.ToString();
    }

    internal static void Append(StringBuilder text, int point)
    {
        if (point > char.MaxValue)
        {
            text.Append(char.ConvertFromUtf32(point));
        }
        else
        {
            text.Append((char)point);
        }
    }

    /// <summary>Each character as a string of its own.</summary>
    internal static IEnumerable<object?> Each(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
            {
                yield return text.Substring(i++, 2);
            }
            else
            {
                yield return text[i].ToString();
            }
        }
    }

    /// <summary>The UTF-16 position of a code point's position.</summary>
    internal static int ToUtf16(string text, int position)
    {
        if (!HasSurrogates(text))
        {
            return Math.Min(position, text.Length);
        }

        int at = 0;
        for (int i = 0; i < position && at < text.Length; i++)
        {
            at += at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;
        }

        return at;
    }

    internal static string Slice(string text, object? start, object? stop, object? step)
    {
        RenderBudget.Text(text);
        if (!HasSurrogates(text))
        {
            SliceRange plain = SliceRange.Of(start, stop, step, text.Length);
            return plain.Step == 1
                ? text.Substring(plain.Count == 0 ? 0 : plain.Start, plain.Count)
                : string.Concat(plain.Indexes.Select(index => text[index]));
        }

        int[] points = Of(text);
        SliceRange range = SliceRange.Of(start, stop, step, points.Length);
        return ToText([.. range.Indexes.Select(index => points[index])]);
    }

    /// <summary>The order of code points, which differs from UTF-16's for what lies outside the basic plane.</summary>
    internal static int Compare(string left, string right)
    {
        int shared = left.AsSpan().CommonPrefixLength(right);
        if (shared == left.Length || shared == right.Length)
        {
            return left.Length.CompareTo(right.Length);
        }

        return Rank(left[shared]).CompareTo(Rank(right[shared]));

        // Surrogates stand for higher code points than anything else.
        static int Rank(char c) => char.IsSurrogate(c) ? c + 0x10000 : c;
    }
}
