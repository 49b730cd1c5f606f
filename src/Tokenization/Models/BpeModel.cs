using System.Buffers;
using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.Models;

/// <summary>
/// Byte-pair encoding (Sennrich et al. 2016, arXiv:1508.07909): a word begins as its characters, and pairs are merged in
/// the order in which training found them.
/// </summary>
internal sealed class BpeModel : IModel
{
    private readonly BpeOptions _options;
    private readonly MergeTable _merges;
    private readonly WordCache _cache = new();
    private readonly int[] _byteTokens;
    private readonly Dictionary<int, int> _characters = [];

    public BpeModel(Vocabulary vocabulary, MergeTable merges, BpeOptions options)
    {
        Vocabulary = vocabulary;
        _merges = merges;
        _options = options;
        _byteTokens = ByteTokens.Find(vocabulary);
        foreach ((string piece, int id) in vocabulary.Ids)
        {
            if (piece.Length is 1 or 2 && CodePoints.Decode(piece) is [int codePoint])
            {
                _characters[codePoint] = id;
            }
        }
    }

    public Vocabulary Vocabulary { get; }

    private bool MarksWords => _options.ContinuingSubwordPrefix.Length > 0 || _options.EndOfWordSuffix.Length > 0;

    public void Tokenize(ReadOnlySpan<int> piece, List<ModelToken> tokens)
    {
        if (_options.IgnoreMerges && Vocabulary.TryGetId(piece, out int id))
        {
            tokens.Add(new ModelToken(id, 0, CodePoints.Utf8Length(piece)));
            return;
        }

        BpeSymbol[] buffer = ArrayPool<BpeSymbol>.Shared.Rent(SymbolLimit(piece));
        int position = 0;
        foreach (BpeSymbol symbol in buffer.AsSpan(0, MergedSymbols(piece, buffer)))
        {
            tokens.Add(new ModelToken(symbol.Id, position, position + symbol.Length));
            position += symbol.Length;
        }

        ArrayPool<BpeSymbol>.Shared.Return(buffer);
    }

    public void TokenizeIds(ReadOnlySpan<int> piece, List<int> ids)
    {
        if (_cache.TryGet(piece, out int[]? known))
        {
            ids.AddRange(known.AsSpan());
            return;
        }

        int start = ids.Count;
        if (_options.IgnoreMerges && Vocabulary.TryGetId(piece, out int id))
        {
            ids.Add(id);
        }
        else
        {
            BpeSymbol[] buffer = ArrayPool<BpeSymbol>.Shared.Rent(SymbolLimit(piece));
            foreach (BpeSymbol symbol in buffer.AsSpan(0, MergedSymbols(piece, buffer)))
            {
                ids.Add(symbol.Id);
            }

            ArrayPool<BpeSymbol>.Shared.Return(buffer);
        }

        _cache.Add(piece, ids, start);
    }

    // A character becomes at most four bytes, and so do those of the suffix and of each prefix.
    private int SymbolLimit(ReadOnlySpan<int> piece) => checked(
        (piece.Length * 4)
        + (_options.ByteFallback ? (_options.EndOfWordSuffix.Length * 4) + (_options.ContinuingSubwordPrefix.Length * 4 * piece.Length) : 0)
        + 1);

    private int MergedSymbols(ReadOnlySpan<int> piece, BpeSymbol[] symbols)
    {
        int count = 0;
        int unknown = 0;
        for (int i = 0; i < piece.Length; i++)
        {
            int length = CodePoints.Utf8Length(piece[i]);
            if (TryGetCharacter(piece, i, out int id))
            {
                AddUnknown(symbols, ref count, ref unknown);
                symbols[count++] = new BpeSymbol(id, length);
            }
            else if (!(_options.ByteFallback && TryAddBytes(piece, i, symbols, ref count)) && _options.UnkToken is not null)
            {
                if (!_options.FuseUnk)
                {
                    AddUnknown(symbols, ref count, ref unknown);
                }

                unknown += length;
            }
        }

        AddUnknown(symbols, ref count, ref unknown);
        return BpeMerger.Merge(symbols.AsSpan(0, count), _merges);
    }

    private void AddUnknown(BpeSymbol[] symbols, ref int count, ref int length)
    {
        if (length > 0)
        {
            symbols[count++] = new BpeSymbol(UnknownId(), length);
            length = 0;
        }
    }

    private int UnknownId() => Vocabulary.TryGetId(_options.UnkToken!, out int id)
        ? id
        : throw new TokenizationException($"The unknown token {_options.UnkToken} is not in the vocabulary.");

    private bool TryGetCharacter(ReadOnlySpan<int> piece, int index, out int id) => MarksWords
        ? Vocabulary.TryGetId(MarkedCharacter(piece, index), out id)
        : _characters.TryGetValue(piece[index], out id);

    private string MarkedCharacter(ReadOnlySpan<int> piece, int index) => string.Concat(
        index > 0 ? _options.ContinuingSubwordPrefix : "",
        CodePoints.Encode(piece.Slice(index, 1)),
        index == piece.Length - 1 ? _options.EndOfWordSuffix : "");

    // All bytes must have a token. With marks, theirs are bytes of the character too.
    private bool TryAddBytes(ReadOnlySpan<int> piece, int index, BpeSymbol[] symbols, ref int count)
    {
        int start = count;
        ReadOnlySpan<int> characters = MarksWords ? CodePoints.Decode(MarkedCharacter(piece, index)) : piece.Slice(index, 1);
        Span<byte> bytes = stackalloc byte[4];
        foreach (int character in characters)
        {
            foreach (byte value in bytes[..CodePoints.EncodeUtf8(character, bytes)])
            {
                if (_byteTokens[value] < 0)
                {
                    count = start;
                    return false;
                }

                symbols[count++] = new BpeSymbol(_byteTokens[value], 1);
            }
        }

        return true;
    }
}
