namespace LlmPlatform.Retrieval.Keywords;

/// <summary>
/// A word that a stemmer shortens in place, with the regions that both English stemmers count in. A <c>y</c> that stands
/// for a consonant is written <c>Y</c> meanwhile.
/// </summary>
internal ref struct StemmedWord(Span<char> letters)
{
    private readonly Span<char> _letters = letters;

    /// <summary>How many letters are left.</summary>
    public int Length { get; private set; } = letters.Length;

    /// <summary>Where region 1 begins: behind the first consonant that follows a vowel.</summary>
    public int Region1 { get; private set; } = letters.Length;

    /// <summary>Where region 2 begins: the same once more, within region 1.</summary>
    public int Region2 { get; private set; } = letters.Length;

    public readonly ReadOnlySpan<char> Letters => _letters[..Length];

    public readonly char this[int index] => _letters[index];

    public static bool IsVowel(char letter) => letter is 'a' or 'e' or 'i' or 'o' or 'u' or 'y';

    /// <summary>A y at the start or behind a vowel is a consonant.</summary>
    public readonly void MarkConsonantY()
    {
        for (int i = 0; i < Length; i++)
        {
            if (_letters[i] == 'y' && (i == 0 || IsVowel(_letters[i - 1])))
            {
                _letters[i] = 'Y';
            }
        }
    }

    public readonly void UnmarkConsonantY() => _letters[..Length].Replace('Y', 'y');

    public void FindRegions(int region1 = -1)
    {
        Region1 = region1 >= 0 ? region1 : RegionFrom(0);
        Region2 = RegionFrom(Region1);
    }

    public readonly bool EndsWith(ReadOnlySpan<char> suffix) => Letters.EndsWith(suffix);

    /// <summary>Whether there is a vowel before the last <paramref name="count"/> letters.</summary>
    public readonly bool HasVowelBefore(int count)
    {
        for (int i = Length - count - 1; i >= 0; i--)
        {
            if (IsVowel(_letters[i]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Consonant, vowel, consonant other than w, x and Y, before the last <paramref name="count"/> letters.</summary>
    public readonly bool EndsInShortSyllable(int count = 0)
    {
        int last = Length - count - 1;
        return last >= 2 && !IsVowel(_letters[last]) && _letters[last] is not ('w' or 'x' or 'Y')
            && IsVowel(_letters[last - 1]) && !IsVowel(_letters[last - 2]);
    }

    public void Remove(int count) => Length -= count;

    /// <summary>Puts something not longer in place of the last <paramref name="count"/> letters.</summary>
    public void Replace(int count, ReadOnlySpan<char> replacement)
    {
        Length -= count;
        Append(replacement);
    }

    public void Append(ReadOnlySpan<char> ending)
    {
        ending.CopyTo(_letters[Length..]);
        Length += ending.Length;
    }

    /// <summary>
    /// Replaces the first ending of the list that the word has; nothing where that ending is not wholly behind
    /// <paramref name="region"/>. Longer endings come first. Returns whether the word had one.
    /// </summary>
    public bool ReplaceEnding(ReadOnlySpan<(string Ending, string Replacement)> endings, int region)
    {
        foreach ((string ending, string replacement) in endings)
        {
            if (EndsWith(ending))
            {
                if (Length - ending.Length >= region)
                {
                    Replace(ending.Length, replacement);
                }

                return true;
            }
        }

        return false;
    }

    private readonly int RegionFrom(int start)
    {
        for (int i = start + 1; i < Length; i++)
        {
            if (!IsVowel(_letters[i]) && IsVowel(_letters[i - 1]))
            {
                return i + 1;
            }
        }

        return Length;
    }
}
