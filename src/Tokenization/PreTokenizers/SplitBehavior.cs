using System.Runtime.InteropServices;
using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.PreTokenizers;

/// <summary>What becomes of the matches that divide a text.</summary>
internal enum SplitBehavior
{
    /// <summary>They vanish.</summary>
    Removed,

    /// <summary>Each is a piece of its own.</summary>
    Isolated,

    /// <summary>Each ends the piece before it.</summary>
    MergedWithPrevious,

    /// <summary>Each begins the piece after it.</summary>
    MergedWithNext,

    /// <summary>Neighbouring matches are one piece.</summary>
    Contiguous,
}

/// <summary>Turns matches and the stretches between them into pieces.</summary>
internal static class SplitBehaviors
{
    /// <summary>Changes the list in place.</summary>
    public static void Apply(SplitBehavior behavior, List<PatternMatch> pieces)
    {
        switch (behavior)
        {
            case SplitBehavior.Removed:
                pieces.RemoveAll(piece => piece.IsMatch);
                break;
            case SplitBehavior.Contiguous:
                Join(pieces, (match, previous) => match == previous);
                break;
            case SplitBehavior.MergedWithPrevious:
                Join(pieces, (match, previous) => match && !previous);
                break;
            case SplitBehavior.MergedWithNext:
                pieces.Reverse();
                Join(pieces, (match, previous) => match && !previous);
                pieces.Reverse();
                break;
            case SplitBehavior.Isolated:
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(behavior), behavior, null);
        }
    }

    // Joins a piece to the one before it in the list where the rule, given whether each is a match, says so.
    private static void Join(List<PatternMatch> pieces, Func<bool, bool, bool> joins)
    {
        int kept = 0;
        bool previous = false;
        Span<PatternMatch> all = CollectionsMarshal.AsSpan(pieces);
        foreach (PatternMatch piece in all)
        {
            if (kept > 0 && joins(piece.IsMatch, previous))
            {
                PatternMatch last = all[kept - 1];
                all[kept - 1] = new PatternMatch(Math.Min(last.Start, piece.Start), Math.Max(last.End, piece.End), false);
            }
            else
            {
                all[kept++] = piece;
            }

            previous = piece.IsMatch;
        }

        pieces.RemoveRange(kept, pieces.Count - kept);
    }
}
