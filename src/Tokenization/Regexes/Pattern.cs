using System.Runtime.InteropServices;
using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.Regexes;

/// <summary>A text or a regular expression that is looked for.</summary>
internal abstract class Pattern
{
    /// <summary>
    /// Appends the matches and the stretches between them, in order. An empty text has no matches, even where the pattern
    /// matches nothing; an empty match right after another one does not count.
    /// </summary>
    public void FindMatches(ReadOnlySpan<int> text, List<PatternMatch> matches)
    {
        if (text.IsEmpty)
        {
            return;
        }

        int first = matches.Count;
        Find(text, matches);
        if (matches.Count == first)
        {
            matches.Add(new PatternMatch(0, text.Length, false));
            return;
        }

        FillGaps(text.Length, matches, first);
    }

    /// <summary>Appends only the matches.</summary>
    protected abstract void Find(ReadOnlySpan<int> text, List<PatternMatch> matches);

    private static void FillGaps(int length, List<PatternMatch> matches, int first)
    {
        int gaps = 0;
        int done = 0;
        foreach (PatternMatch match in CollectionsMarshal.AsSpan(matches)[first..])
        {
            gaps += match.Start > done ? 1 : 0;
            done = match.End;
        }

        gaps += done < length ? 1 : 0;
        if (gaps == 0)
        {
            return;
        }

        // From the back, so that every match moves once.
        int count = matches.Count;
        CollectionsMarshal.SetCount(matches, count + gaps);
        Span<PatternMatch> all = CollectionsMarshal.AsSpan(matches);
        int to = all.Length;
        int end = length;
        for (int from = count - 1; from >= first; from--)
        {
            PatternMatch match = all[from];
            if (match.End < end)
            {
                all[--to] = new PatternMatch(match.End, end, false);
            }

            all[--to] = match;
            end = match.Start;
        }

        if (end > 0)
        {
            all[--to] = new PatternMatch(0, end, false);
        }
    }
}
