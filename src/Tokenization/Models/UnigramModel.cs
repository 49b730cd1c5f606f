using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.Models;

/// <summary>
/// The unigram language model (Kudo 2018, arXiv:1804.10959): of all ways to cover a piece with the vocabulary the one with
/// the greatest sum of scores (log probabilities), found with Viterbi's algorithm.
/// </summary>
internal sealed class UnigramModel : IModel
{
    private const double UnknownPenalty = 10;

    private readonly CodePointTrie _pieces = new();
    private readonly WordCache _cache = new();
    private readonly double[] _scores;
    private readonly int[] _byteTokens;
    private readonly int? _unkId;
    private readonly bool _byteFallback;
    private readonly double _unknownScore;

    public UnigramModel(IReadOnlyList<(string Piece, double Score)> pieces, int? unkId, bool byteFallback)
    {
        var ids = new Dictionary<string, int>(pieces.Count, StringComparer.Ordinal);
        _scores = new double[pieces.Count];
        for (int id = 0; id < pieces.Count; id++)
        {
            ids[pieces[id].Piece] = id;
            _scores[id] = pieces[id].Score;
            _pieces.Add(CodePoints.Decode(pieces[id].Piece), id);
        }

        Vocabulary = new Vocabulary(ids, [.. pieces.Select(piece => piece.Piece)]);
        _unkId = unkId;
        _byteFallback = byteFallback;
        _byteTokens = ByteTokens.Find(Vocabulary);
        _unknownScore = (pieces.Count == 0 ? 0 : _scores.Min()) - UnknownPenalty;
    }

    public Vocabulary Vocabulary { get; }

    public void Tokenize(ReadOnlySpan<int> piece, List<ModelToken> tokens)
    {
        int position = 0;
        foreach ((int start, int end, int id) in BestPath(piece))
        {
            ReadOnlySpan<int> part = piece[start..end];
            int next = position + CodePoints.Utf8Length(part);
            if (id >= 0)
            {
                tokens.Add(new ModelToken(id, position, next));
            }
            else if (_byteFallback && TryGetBytes(part, out List<int> bytes))
            {
                foreach (int value in bytes)
                {
                    tokens.Add(new ModelToken(value, position, next));
                }
            }
            else
            {
                tokens.Add(new ModelToken(UnknownId(), position, next, CodePoints.Encode(part)));
            }

            position = next;
        }
    }

    public void TokenizeIds(ReadOnlySpan<int> piece, List<int> ids)
    {
        if (_cache.TryGet(piece, out int[]? known))
        {
            ids.AddRange(known.AsSpan());
            return;
        }

        int first = ids.Count;
        AddIds(piece, ids);
        _cache.Add(piece, ids, first);
    }

    private void AddIds(ReadOnlySpan<int> piece, List<int> ids)
    {
        foreach ((int start, int end, int id) in BestPath(piece))
        {
            if (id >= 0)
            {
                ids.Add(id);
            }
            else if (_byteFallback && TryGetBytes(piece[start..end], out List<int> bytes))
            {
                ids.AddRange(bytes);
            }
            else
            {
                ids.Add(UnknownId());
            }
        }
    }

    // The parts of the best path in order; -1 marks what is unknown, neighbouring ones as one part.
    private List<(int Start, int End, int Id)> BestPath(ReadOnlySpan<int> piece)
    {
        double[] scores = new double[piece.Length + 1];
        int[] starts = new int[piece.Length + 1];
        int[] ids = new int[piece.Length + 1];
        Array.Fill(starts, -1);
        for (int start = 0; start < piece.Length; start++)
        {
            bool hasSingle = false;
            int node = CodePointTrie.Root;
            for (int end = start + 1; end <= piece.Length && _pieces.TryStep(ref node, piece[end - 1]); end++)
            {
                int id = _pieces.Value(node);
                if (id >= 0)
                {
                    Offer(start, end, id, _scores[id]);
                    hasSingle |= end == start + 1;
                }
            }

            if (!hasSingle)
            {
                Offer(start, start + 1, UnknownId(), _unknownScore);
            }
        }

        var path = new List<(int Start, int End, int Id)>();
        for (int end = piece.Length; end > 0; end = starts[end])
        {
            bool isUnknown = ids[end] == _unkId;
            if (isUnknown && path.Count > 0 && path[^1].Id == -1)
            {
                path[^1] = path[^1] with { Start = starts[end] };
            }
            else
            {
                path.Add((starts[end], end, isUnknown ? -1 : ids[end]));
            }
        }

        path.Reverse();
        NameKnownRuns(piece, path);
        return path;

        void Offer(int start, int end, int id, double score)
        {
            double total = scores[start] + score;
            if (starts[end] < 0 || total > scores[end])
            {
                scores[end] = total;
                starts[end] = start;
                ids[end] = id;
            }
        }
    }

    // An unknown run may read as a piece after all, for example as the text of the unknown token.
    private void NameKnownRuns(ReadOnlySpan<int> piece, List<(int Start, int End, int Id)> path)
    {
        for (int i = 0; i < path.Count; i++)
        {
            (int start, int end, int id) = path[i];
            if (id == -1 && Vocabulary.TryGetId(piece[start..end], out int known))
            {
                path[i] = (start, end, known);
            }
        }
    }

    private int UnknownId() => _unkId
        ?? throw new TokenizationException("A character is not in the vocabulary, and the model has no unknown token.");

    private bool TryGetBytes(ReadOnlySpan<int> part, out List<int> tokens)
    {
        tokens = [];
        Span<byte> bytes = stackalloc byte[4];
        foreach (int codePoint in part)
        {
            foreach (byte value in bytes[..CodePoints.EncodeUtf8(codePoint, bytes)])
            {
                if (_byteTokens[value] < 0)
                {
                    return false;
                }

                tokens.Add(_byteTokens[value]);
            }
        }

        return true;
    }
}
