using System.Text;

namespace LlmPlatform.Tokenization.Trainers;

/// <summary>The tokens found so far and their ids.</summary>
internal sealed class SymbolTable
{
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly List<string> _pieces = [];
    private readonly List<int> _lengths = [];

    public int Count => _pieces.Count;

    public IReadOnlyList<string> Pieces => _pieces;

    public IReadOnlyDictionary<string, int> Ids => _ids;

    /// <summary>How many characters of text a symbol was merged from.</summary>
    public int Length(int id) => _lengths[id];

    /// <summary>The id of a token, new or known.</summary>
    public int Add(string piece, int length)
    {
        if (!_ids.TryGetValue(piece, out int id))
        {
            id = _pieces.Count;
            _ids[piece] = id;
            _pieces.Add(piece);
            _lengths.Add(length);
        }

        return id;
    }

    /// <summary>Adds special tokens, then the alphabet of the words in the order of code points.</summary>
    public void AddAlphabet(WordCounts words, BpeTrainerOptions options)
    {
        foreach (string token in options.SpecialTokens)
        {
            Add(token, 1);
        }

        Dictionary<int, long> characters = words.CountCharacters();
        foreach (string entry in options.InitialAlphabet)
        {
            foreach (Rune first in entry.EnumerateRunes().Take(1))
            {
                characters[first.Value] = long.MaxValue;
            }
        }

        IEnumerable<int> kept = characters.Keys;
        if (options.LimitAlphabet is int limit && characters.Count > limit)
        {
            // The reference leaves open which of equally frequent characters stay.
            kept = characters.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key).Take(limit).Select(entry => entry.Key);
        }

        foreach (int character in kept.Order())
        {
            Add(new Rune(character).ToString(), 1);
        }
    }
}
