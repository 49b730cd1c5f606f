using System.Collections.Frozen;

namespace LlmPlatform.Retrieval.Chunking;

/// <summary>Whether a single period ends a sentence or belongs to the word before it.</summary>
internal static class PeriodRules
{
    // A name or a description follows.
    private static readonly FrozenSet<string> NeverLast = Words(
        "mr mrs ms mx dr prof messrs st mt ft gen col maj capt cmdr lt sgt rep sen gov pres rev hon fr br sr jr mme mlle "
        + "approx ca cf viz vs incl excl esp e.g i.e resp");

    // A number, or a name of one letter, follows; otherwise it is a word: "No."
    private static readonly FrozenSet<string> BeforeNumbers = Words(
        "no nos fig figs eq eqs sec secs ch chs chap vol vols art arts p pp pg par para app ver v rev tab nr ed eds l ll op "
        + "jan feb mar apr jun jul aug sep sept oct nov dec");

    // It may be the last word of a sentence; then what follows looks like the start of one.
    private static readonly FrozenSet<string> SometimesLast = Words(
        "inc ltd co corp llc plc bros dept univ soc assn est ave blvd rd al mon tue tues wed thu thur thurs fri sat sun "
        + "min max avg std tel ext ed eds");

    // With these a sentence goes on seldom, and begins often.
    private static readonly FrozenSet<string> Starters = Words(
        "the a an this that these those it its he she they we you i his her their our your my there here in on at by for from "
        + "to with without after before when while if as because since although though however but and or so then thus "
        + "therefore no not yes what who why how where which is are was were do does did can could will would should may "
        + "might must let see use note all both each every some many most one two nobody nothing");

    /// <summary>Whether the period at <paramref name="period"/> ends the sentence.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">Where the sentence starts.</param>
    /// <param name="period">Where the period is.</param>
    /// <param name="next">The first character behind it that is neither white space nor an opening mark.</param>
    public static bool IsEnd(ReadOnlySpan<char> text, int start, int period, int next)
    {
        int first = period;
        while (first > start && !char.IsWhiteSpace(text[first - 1]) && text[first - 1] is not ('(' or '[' or '"' or '\'' or '“' or '‘'))
        {
            first--;
        }

        ReadOnlySpan<char> word = text[first..period];
        if (word.IsEmpty || SentenceSplitter.IsKorean(word[^1]))
        {
            return true;
        }

        bool isFirst = text[start..first].Trim().IsEmpty;
        if (isFirst && IsListMarker(word))
        {
            return false;
        }

        // 2025. 11. 3. is a date: between its numbers, and behind its last one, the sentence goes on.
        if (IsNumber(word) && (char.IsAsciiDigit(text[next]) || IsBehindNumber(text[start..first])))
        {
            return false;
        }

        return !IsAbbreviation(word) || IsLastAbbreviation(word, text, start, first, next);
    }

    private static bool IsListMarker(ReadOnlySpan<char> word)
    {
        if (word.Length == 1 && char.IsAsciiLetter(word[0]))
        {
            return true;
        }

        bool isNumber = char.IsAsciiDigit(word[0]) && word.Length <= 8;
        foreach (char c in word)
        {
            isNumber &= char.IsAsciiDigit(c) || c == '.';
        }

        return isNumber || (word.Length <= 4 && word.IndexOfAnyExcept("ivx") < 0);
    }

    private static bool IsNumber(ReadOnlySpan<char> word) => word.Length <= 4 && word.IndexOfAnyExceptInRange('0', '9') < 0;

    private static bool IsBehindNumber(ReadOnlySpan<char> before)
    {
        before = before.TrimEnd();
        return before.Length > 1 && before[^1] == '.' && char.IsAsciiDigit(before[^2]);
    }

    private static bool IsAbbreviation(ReadOnlySpan<char> word)
    {
        word = word[(word.LastIndexOfAny('-', '/') + 1)..];
        return IsInitials(word) || Contains(NeverLast, word) || Contains(BeforeNumbers, word) || Contains(SometimesLast, word)
            || word.EndsWith(".D", StringComparison.Ordinal);
    }

    // J, U.S, a.m, Ph.D: letters parted by periods.
    private static bool IsInitials(ReadOnlySpan<char> word)
    {
        for (int i = 0; i < word.Length; i++)
        {
            if (i % 2 == 0 ? !char.IsAsciiLetter(word[i]) : word[i] != '.')
            {
                return false;
            }
        }

        return word.Length % 2 == 1 && (word.Length > 1 || char.IsAsciiLetterUpper(word[0]));
    }

    private static bool IsLastAbbreviation(ReadOnlySpan<char> word, ReadOnlySpan<char> text, int start, int first, int next)
    {
        if (Contains(NeverLast, word))
        {
            return false;
        }

        ReadOnlySpan<char> follower = WordAt(text, next);
        if (Contains(BeforeNumbers, word))
        {
            return !char.IsAsciiDigit(text[next]) && !(follower.Length == 1 && char.IsAsciiLetterUpper(follower[0]) && follower[0] != 'I')
                && !IsRoman(follower) && (char.IsAsciiLetterLower(word[0]) || text[start..first].Trim().IsEmpty || Contains(Starters, follower));
        }

        // Behind Hangul, or before it, there is no name to go on with.
        return SentenceSplitter.IsKorean(text[next]) || (char.IsUpper(text[next]) && Contains(Starters, follower));
    }

    private static bool IsRoman(ReadOnlySpan<char> word) => !word.IsEmpty && word is not "I" && word.IndexOfAnyExcept("IVXLC") < 0;

    private static ReadOnlySpan<char> WordAt(ReadOnlySpan<char> text, int position)
    {
        int end = position;
        while (end < text.Length && char.IsAsciiLetter(text[end]))
        {
            end++;
        }

        return text[position..end];
    }

    private static bool Contains(FrozenSet<string> words, ReadOnlySpan<char> word)
    {
        if (word.IsEmpty || word.Length > 12)
        {
            return false;
        }

        return words.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word);
    }

    private static FrozenSet<string> Words(string words) => words.Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);
}
