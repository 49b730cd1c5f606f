using System.Diagnostics.CodeAnalysis;
using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.Models;

/// <summary>The pieces of a model and their ids.</summary>
internal sealed class Vocabulary
{
    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly string?[] _pieces;

    public Vocabulary(Dictionary<string, int> ids)
        : this(ids, Pieces(ids))
    {
    }

    /// <summary>A vocabulary in which several ids may have the same piece.</summary>
    public Vocabulary(Dictionary<string, int> ids, string?[] pieces)
    {
        _ids = ids;
        _lookup = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        _pieces = pieces;
    }

    /// <summary>The pieces and their ids.</summary>
    public IReadOnlyDictionary<string, int> Ids => _ids;

    public int Count => _ids.Count;

    public bool TryGetId(string piece, out int id) => _ids.TryGetValue(piece, out id);

    public bool TryGetId(ReadOnlySpan<char> piece, out int id) => _lookup.TryGetValue(piece, out id);

    public bool TryGetId(ReadOnlySpan<int> codePoints, out int id)
    {
        if (codePoints.Length > 256)
        {
            return _ids.TryGetValue(CodePoints.Encode(codePoints), out id);
        }

        Span<char> buffer = stackalloc char[512];
        return _lookup.TryGetValue(buffer[..CodePoints.Encode(codePoints, buffer)], out id);
    }

    public bool TryGetPiece(int id, [NotNullWhen(true)] out string? piece)
    {
        piece = (uint)id < (uint)_pieces.Length ? _pieces[id] : null;
        return piece is not null;
    }

    /// <summary>The piece of an id that the vocabulary is known to have.</summary>
    public string Piece(int id) => _pieces[id]!;

    private static string?[] Pieces(Dictionary<string, int> ids)
    {
        var pieces = new string?[ids.Count == 0 ? 0 : ids.Values.Max() + 1];
        foreach ((string piece, int id) in ids)
        {
            pieces[id] = piece;
        }

        return pieces;
    }
}
