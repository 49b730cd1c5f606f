namespace LlmPlatform.Tokenization.Trainers;

/// <summary>The pieces that learning begins with: all characters, and the repeated pieces that cover the most text.</summary>
internal static class SeedPieces
{
    /// <summary>The pieces, of which the first stands for unknown text, with the logarithms of their shares.</summary>
    public static PieceScores Find(WordText text, UnigramTrainerOptions options, CancellationToken cancellationToken)
    {
        var suffixes = new SuffixArray(text, options.MaxPieceLength, options.Threads, cancellationToken);
        SuffixArray.Repeated[] repeated = [.. suffixes.RepeatedPieces()];
        cancellationToken.ThrowIfCancellationRequested();
        Array.Sort(repeated, MostTextFirst);

        var pieces = new PieceScores();
        pieces.Add(default, double.NaN);
        foreach ((Piece character, long count) in Characters(text))
        {
            pieces.Add(character, count);
        }

        foreach (SuffixArray.Repeated seed in repeated)
        {
            pieces.Add(seed.Piece, (long)seed.Count * seed.Piece.Length);
            if (pieces.Count > options.SeedSize)
            {
                break;
            }
        }

        double sum = 0;
        for (int id = 1; id < pieces.Count; id++)
        {
            sum += pieces.Scores[id];
        }

        for (int id = 1; id < pieces.Count; id++)
        {
            pieces.Scores[id] = Math.Log(pieces.Scores[id]) - Math.Log(sum);
        }

        return pieces;
    }

    private static int MostTextFirst(SuffixArray.Repeated x, SuffixArray.Repeated y)
    {
        long left = (long)x.Count * x.Piece.Length;
        long right = (long)y.Count * y.Piece.Length;
        return left != right ? right.CompareTo(left)
            : x.Rank != y.Rank ? y.Rank.CompareTo(x.Rank)
            : y.Piece.Length.CompareTo(x.Piece.Length);
    }

    // The characters by how often they occur; of equally frequent ones the greater code point first.
    private static IEnumerable<(Piece Character, long Count)> Characters(WordText text)
    {
        var found = new Dictionary<int, (Piece Place, long Count)>();
        for (int word = 0; word < text.Words.Length; word++)
        {
            Piece whole = text.Words[word];
            for (int i = whole.Start; i < whole.Start + whole.Length; i++)
            {
                int codePoint = text.CodePoints[i];
                if (codePoint != WordText.Boundary)
                {
                    long count = found.TryGetValue(codePoint, out (Piece Place, long Count) known) ? known.Count : 0;
                    found[codePoint] = (new Piece(i, 1), count + text.Counts[word]);
                }
            }
        }

        return from entry in found
               orderby entry.Value.Count descending, entry.Key descending
               select entry.Value;
    }
}
