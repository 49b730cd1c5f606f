using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.Trainers;

/// <summary>The pieces and their scores, ready to find them in words. Does not change; many threads use it.</summary>
internal sealed class PieceFinder
{
    private const double UnknownPenalty = 10;

    private readonly CodePointTrie _trie = new();

    public PieceFinder(WordText text, PieceScores pieces)
    {
        Scores = [.. pieces.Scores];
        Scores[0] = pieces.Least() - UnknownPenalty;
        Probabilities = Array.ConvertAll(Scores, Math.Exp);
        for (int id = 1; id < pieces.Count; id++)
        {
            _trie.Add(text.Of(pieces.Pieces[id]), id);
        }
    }

    /// <summary>The scores by id; that of id 0 is for a character that is no piece.</summary>
    public double[] Scores { get; }

    /// <summary>The exponentials of <see cref="Scores"/>.</summary>
    public double[] Probabilities { get; }

    /// <summary>Lists all pieces in a word, by their beginning, then their end.</summary>
    public void Find(ReadOnlySpan<int> word, List<PieceLattice.Edge> edges)
    {
        edges.Clear();
        for (int start = 0; start < word.Length; start++)
        {
            bool hasSingle = false;
            int node = CodePointTrie.Root;
            for (int end = start + 1; end <= word.Length && _trie.TryStep(ref node, word[end - 1]); end++)
            {
                int id = _trie.Value(node);
                if (id > 0)
                {
                    edges.Add(new PieceLattice.Edge(start, end, id));
                    hasSingle |= end == start + 1;
                }
            }

            if (!hasSingle)
            {
                edges.Add(new PieceLattice.Edge(start, start + 1, 0));
            }
        }
    }
}
