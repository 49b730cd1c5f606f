namespace LlmPlatform.Retrieval.Keywords;

/// <summary>
/// The Snowball English stemmer ("Porter 2", https://snowballstem.org/algorithms/english/stemmer.html, as of Snowball 3).
/// Words are in lower case; an apostrophe is <c>'</c>.
/// </summary>
public static class SnowballEnglish
{
    private const string ValidBeforeLi = "cdeghkmnrt";

    // Words with these beginnings would fall together with unrelated ones: their first region begins later.
    private static readonly string[] Beginnings = ["gener", "commun", "arsen", "past", "univers", "later", "emerg", "organ", "inter"];

    private static readonly (string Word, string Stem)[] Exceptions =
    [
        ("skis", "ski"), ("skies", "sky"), ("idly", "idl"), ("gently", "gentl"), ("ugly", "ugli"), ("early", "earli"),
        ("only", "onli"), ("singly", "singl"), ("sky", "sky"), ("news", "news"), ("howe", "howe"), ("atlas", "atlas"),
        ("cosmos", "cosmos"), ("bias", "bias"), ("andes", "andes"),
    ];

    private static readonly string[] NotPastForms = ["proc", "exc", "succ"];

    private static readonly string[] NotGerunds = ["inn", "out", "cann", "herr", "earr", "even"];

    private static readonly string[] PastForms = ["ingly", "edly", "ing", "ed"];

    private static readonly (string Ending, string Replacement)[] Step2 =
    [
        ("ational", "ate"), ("ization", "ize"), ("fulness", "ful"), ("ousness", "ous"), ("iveness", "ive"),
        ("tional", "tion"), ("biliti", "ble"), ("lessli", "less"), ("entli", "ent"), ("ation", "ate"), ("alism", "al"),
        ("aliti", "al"), ("ousli", "ous"), ("iviti", "ive"), ("fulli", "ful"), ("ogist", "og"), ("enci", "ence"),
        ("anci", "ance"), ("abli", "able"), ("izer", "ize"), ("ator", "ate"), ("alli", "al"), ("bli", "ble"),
    ];

    private static readonly (string Ending, string Replacement)[] Step3 =
    [
        ("ational", "ate"), ("tional", "tion"), ("alize", "al"), ("icate", "ic"), ("iciti", "ic"), ("ical", "ic"),
        ("ness", ""), ("ful", ""),
    ];

    private static readonly (string Ending, string Replacement)[] Step4 =
    [
        ("ement", ""), ("ance", ""), ("ence", ""), ("able", ""), ("ible", ""), ("ment", ""), ("ant", ""), ("ent", ""),
        ("ism", ""), ("ate", ""), ("iti", ""), ("ous", ""), ("ive", ""), ("ize", ""), ("al", ""), ("er", ""), ("ic", ""),
    ];

    /// <summary>The stem of a word.</summary>
    public static string Stem(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        char[] letters = word.ToCharArray();
        return new string(letters, 0, Stem(letters.AsSpan()));
    }

    /// <summary>Shortens the word in place and returns the length of its stem, which is never longer.</summary>
    public static int Stem(Span<char> word)
    {
        if (word.Length <= 2)
        {
            return word.Length;
        }

        foreach ((string exception, string stem) in Exceptions)
        {
            if (word.SequenceEqual(exception))
            {
                stem.CopyTo(word);
                return stem.Length;
            }
        }

        int shift = word[0] == '\'' ? 1 : 0;
        StemmedWord stemmed = new(word[shift..]);
        stemmed.MarkConsonantY();
        stemmed.FindRegions(RegionOfBeginning(stemmed.Letters));
        RemovePossessive(ref stemmed);
        RemovePlural(ref stemmed);
        RemovePastForm(ref stemmed);
        ReplaceFinalY(ref stemmed);
        ReplaceDerivation(ref stemmed);
        ReplaceSecondDerivation(ref stemmed);
        RemoveThirdDerivation(ref stemmed);
        RemoveFinalLetter(ref stemmed);
        stemmed.UnmarkConsonantY();
        if (shift > 0)
        {
            stemmed.Letters.CopyTo(word);
        }

        return stemmed.Length;
    }

    private static int RegionOfBeginning(ReadOnlySpan<char> word)
    {
        foreach (string beginning in Beginnings)
        {
            if (word.StartsWith(beginning))
            {
                return beginning.Length;
            }
        }

        return -1;
    }

    private static void RemovePossessive(ref StemmedWord word) =>
        word.Remove(word.EndsWith("'s'") ? 3 : word.EndsWith("'s") ? 2 : word.EndsWith("'") ? 1 : 0);

    private static void RemovePlural(ref StemmedWord word)
    {
        if (word.EndsWith("sses"))
        {
            word.Remove(2);
        }
        else if (word.EndsWith("ied") || word.EndsWith("ies"))
        {
            word.Remove(word.Length > 4 ? 2 : 1);
        }
        else if (word.EndsWith("s") && !word.EndsWith("us") && !word.EndsWith("ss") && word.HasVowelBefore(2))
        {
            word.Remove(1);
        }
    }

    private static void RemovePastForm(ref StemmedWord word)
    {
        int eed = word.EndsWith("eedly") ? 5 : word.EndsWith("eed") ? 3 : 0;
        if (eed > 0)
        {
            if (word.Length - eed >= word.Region1 && !IsAny(word.Letters[..^eed], NotPastForms))
            {
                word.Replace(eed, "ee");
            }

            return;
        }

        foreach (string ending in PastForms)
        {
            if (word.EndsWith(ending))
            {
                RemovePastForm(ref word, ending);
                return;
            }
        }
    }

    private static void RemovePastForm(ref StemmedWord word, string ending)
    {
        ReadOnlySpan<char> start = word.Letters[..^ending.Length];
        if (ending == "ing" && start.Length == 2 && start[1] == 'y' && !StemmedWord.IsVowel(start[0]))
        {
            // dying, lying, tying
            word.Replace(4, "ie");
            return;
        }

        if ((ending == "ing" && IsAny(start, NotGerunds)) || !word.HasVowelBefore(ending.Length))
        {
            return;
        }

        word.Remove(ending.Length);
        if (word.EndsWith("at") || word.EndsWith("bl") || word.EndsWith("iz"))
        {
            word.Append("e");
        }
        else if (EndsInDouble(word))
        {
            // add, egg and off keep theirs.
            if (!(word.Length == 3 && word[0] is 'a' or 'e' or 'o'))
            {
                word.Remove(1);
            }
        }
        else if (word.Length == word.Region1 && IsShort(word, 0))
        {
            word.Append("e");
        }
    }

    private static void ReplaceFinalY(ref StemmedWord word)
    {
        if (word.Length > 2 && word[word.Length - 1] is 'y' or 'Y' && !StemmedWord.IsVowel(word[word.Length - 2]))
        {
            word.Replace(1, "i");
        }
    }

    private static void ReplaceDerivation(ref StemmedWord word)
    {
        if (word.ReplaceEnding(Step2, word.Region1))
        {
            return;
        }

        if (word.EndsWith("logi") && word.Length - 3 >= word.Region1)
        {
            word.Remove(1);
        }
        else if (word.EndsWith("li") && word.Length - 2 >= word.Region1 && word.Length > 2
            && ValidBeforeLi.Contains(word[word.Length - 3]))
        {
            word.Remove(2);
        }
    }

    private static void ReplaceSecondDerivation(ref StemmedWord word)
    {
        if (word.EndsWith("ative"))
        {
            if (word.Length - 5 >= word.Region1 && word.Length - 5 >= word.Region2)
            {
                word.Remove(5);
            }
        }
        else
        {
            word.ReplaceEnding(Step3, word.Region1);
        }
    }

    private static void RemoveThirdDerivation(ref StemmedWord word)
    {
        if (word.EndsWith("ion"))
        {
            if (word.Length - 3 >= word.Region2 && word.Length > 3 && word[word.Length - 4] is 's' or 't')
            {
                word.Remove(3);
            }
        }
        else
        {
            word.ReplaceEnding(Step4, word.Region2);
        }
    }

    private static void RemoveFinalLetter(ref StemmedWord word)
    {
        int start = word.Length - 1;
        if (word.EndsWith("e"))
        {
            if (start >= word.Region2 || (start >= word.Region1 && !IsShort(word, 1)))
            {
                word.Remove(1);
            }
        }
        else if (word.EndsWith("ll") && start >= word.Region2)
        {
            word.Remove(1);
        }
    }

    // The end, before count letters, is a short syllable.
    private static bool IsShort(in StemmedWord word, int count) => word.EndsInShortSyllable(count)
        || (word.Length - count == 2 && StemmedWord.IsVowel(word[0]) && !StemmedWord.IsVowel(word[1]))
        || word.Letters[..^count].EndsWith("past");

    private static bool EndsInDouble(in StemmedWord word)
    {
        int last = word.Length - 1;
        return last > 0 && word[last] == word[last - 1]
            && word[last] is 'b' or 'd' or 'f' or 'g' or 'm' or 'n' or 'p' or 'r' or 't';
    }

    private static bool IsAny(ReadOnlySpan<char> text, ReadOnlySpan<string> words)
    {
        foreach (string word in words)
        {
            if (text.SequenceEqual(word))
            {
                return true;
            }
        }

        return false;
    }
}
