namespace LlmPlatform.Retrieval.Keywords;

/// <summary>
/// Porter's original stemmer (M. F. Porter, "An algorithm for suffix stripping", 1980), without a least length: "s"
/// becomes empty. The platform's analyser uses <see cref="SnowballEnglish"/>; this one is for comparisons.
/// </summary>
public static class PorterStemmer
{
    private static readonly (string Ending, string Replacement)[] Step2 =
    [
        ("ational", "ate"), ("ization", "ize"), ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"),
        ("tional", "tion"), ("biliti", "ble"), ("entli", "ent"), ("ousli", "ous"), ("ation", "ate"), ("alism", "al"),
        ("aliti", "al"), ("iviti", "ive"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("abli", "able"),
        ("alli", "al"), ("ator", "ate"), ("eli", "e"),
    ];

    private static readonly (string Ending, string Replacement)[] Step3 =
    [
        ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ness", ""), ("ful", ""),
    ];

    private static readonly (string Ending, string Replacement)[] Step4 =
    [
        ("ement", ""), ("ance", ""), ("ence", ""), ("able", ""), ("ible", ""), ("ment", ""), ("ant", ""), ("ent", ""),
        ("ism", ""), ("ate", ""), ("iti", ""), ("ous", ""), ("ive", ""), ("ize", ""), ("al", ""), ("er", ""), ("ic", ""),
        ("ou", ""),
    ];

    /// <summary>The stem of a word in lower case.</summary>
    public static string Stem(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        char[] letters = word.ToCharArray();
        return new string(letters, 0, Stem(letters.AsSpan()));
    }

    /// <summary>Shortens the word in place and returns the length of its stem.</summary>
    public static int Stem(Span<char> word)
    {
        StemmedWord stemmed = new(word);
        stemmed.MarkConsonantY();
        stemmed.FindRegions();
        RemovePlural(ref stemmed);
        RemovePastForm(ref stemmed);
        if (stemmed.Length > 0 && stemmed[stemmed.Length - 1] is 'y' or 'Y' && stemmed.HasVowelBefore(1))
        {
            stemmed.Replace(1, "i");
        }

        stemmed.ReplaceEnding(Step2, stemmed.Region1);
        stemmed.ReplaceEnding(Step3, stemmed.Region1);
        RemoveThirdDerivation(ref stemmed);
        RemoveFinalLetter(ref stemmed);
        stemmed.UnmarkConsonantY();
        return stemmed.Length;
    }

    private static void RemovePlural(ref StemmedWord word)
    {
        if (word.EndsWith("sses") || word.EndsWith("ies"))
        {
            word.Remove(2);
        }
        else if (word.EndsWith("s") && !word.EndsWith("ss"))
        {
            word.Remove(1);
        }
    }

    private static void RemovePastForm(ref StemmedWord word)
    {
        if (word.EndsWith("eed"))
        {
            word.Remove(word.Length - 3 >= word.Region1 ? 1 : 0);
            return;
        }

        int ending = word.EndsWith("ing") ? 3 : word.EndsWith("ed") ? 2 : 0;
        if (ending == 0 || !word.HasVowelBefore(ending))
        {
            return;
        }

        word.Remove(ending);
        if (word.EndsWith("at") || word.EndsWith("bl") || word.EndsWith("iz"))
        {
            word.Append("e");
        }
        else if (word.Length > 1 && word[word.Length - 1] == word[word.Length - 2]
            && word[word.Length - 1] is 'b' or 'd' or 'f' or 'g' or 'm' or 'n' or 'p' or 'r' or 't')
        {
            word.Remove(1);
        }
        else if (word.Length == word.Region1 && word.EndsInShortSyllable())
        {
            word.Append("e");
        }
    }

    private static void RemoveThirdDerivation(ref StemmedWord word)
    {
        if (word.EndsWith("ion"))
        {
            if (word.Length - 3 >= word.Region2 && word[word.Length - 4] is 's' or 't')
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
        if (word.EndsWith("e") && (start >= word.Region2 || (start >= word.Region1 && !word.EndsInShortSyllable(1))))
        {
            word.Remove(1);
        }

        if (word.EndsWith("ll") && word.Length - 1 >= word.Region2)
        {
            word.Remove(1);
        }
    }
}
