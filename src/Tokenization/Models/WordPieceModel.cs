using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.Models;

/// <summary>
/// BERT's model (Devlin et al. 2018, arXiv:1810.04805): from the left, always the longest piece of the vocabulary; all but
/// the first carry a prefix. A word that cannot be covered is unknown as a whole.
/// </summary>
internal sealed class WordPieceModel : IModel
{
    public const int DefaultMaxInputCharsPerWord = 100;

    private readonly CodePointTrie _pieces = new();
    private readonly WordCache _cache = new();
    private readonly string _unkToken;
    private readonly int _maxInputCharsPerWord;
    private readonly int _continuing = CodePointTrie.Root;
    private readonly bool _hasContinuing;

    public WordPieceModel(
        Vocabulary vocabulary, string unkToken, string continuingSubwordPrefix, int maxInputCharsPerWord)
    {
        Vocabulary = vocabulary;
        _unkToken = unkToken;
        _maxInputCharsPerWord = maxInputCharsPerWord;
        foreach ((string piece, int id) in vocabulary.Ids)
        {
            _pieces.Add(CodePoints.Decode(piece), id);
        }

        _hasContinuing = true;
        foreach (int codePoint in CodePoints.Decode(continuingSubwordPrefix))
        {
            _hasContinuing = _hasContinuing && _pieces.TryStep(ref _continuing, codePoint);
        }
    }

    public Vocabulary Vocabulary { get; }

    public void Tokenize(ReadOnlySpan<int> piece, List<ModelToken> tokens)
    {
        int start = 0;
        int position = 0;
        int first = tokens.Count;
        while (start < piece.Length)
        {
            if (!TryMatch(piece, start, out int id, out int end))
            {
                tokens.RemoveRange(first, tokens.Count - first);
                tokens.Add(new ModelToken(UnknownId(), 0, CodePoints.Utf8Length(piece)));
                return;
            }

            int next = position + CodePoints.Utf8Length(piece[start..end]);
            tokens.Add(new ModelToken(id, position, next));
            (start, position) = (end, next);
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
        int first = ids.Count;
        for (int start = 0; start < piece.Length;)
        {
            if (!TryMatch(piece, start, out int id, out start))
            {
                ids.RemoveRange(first, ids.Count - first);
                ids.Add(UnknownId());
                return;
            }

            ids.Add(id);
        }
    }

    private bool TryMatch(ReadOnlySpan<int> piece, int start, out int id, out int end)
    {
        (id, end) = (-1, start);
        return piece.Length <= _maxInputCharsPerWord
            && (start == 0 || _hasContinuing)
            && _pieces.TryMatchLongest(piece, start, start == 0 ? CodePointTrie.Root : _continuing, out id, out end);
    }

    private int UnknownId() => Vocabulary.TryGetId(_unkToken, out int id)
        ? id
        : throw new TokenizationException($"A word is not in the vocabulary, and neither is the unknown token {_unkToken}.");
}
