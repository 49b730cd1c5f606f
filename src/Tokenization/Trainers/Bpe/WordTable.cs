using System.Runtime.InteropServices;
using System.Text;

namespace LlmPlatform.Tokenization.Trainers;

/// <summary>All words as symbols, in one array; merging shortens a word in place.</summary>
internal sealed class WordTable
{
    private readonly SymbolTable _symbols;
    private readonly int _maxTokenLength;
    private readonly int[] _ids;
    private readonly int[] _starts;
    private readonly int[] _lengths;

    public WordTable(WordCounts words, SymbolTable symbols, BpeTrainerOptions options)
    {
        _symbols = symbols;
        _maxTokenLength = options.MaxTokenLength ?? int.MaxValue;
        Counts = words.Counts;
        _starts = new int[words.Words.Length];
        _lengths = new int[words.Words.Length];
        _ids = new int[CountCharacters(words.Words)];
        var characters = new CharacterIds(symbols, options);
        characters.AddAll(words.Words);
        int next = 0;
        for (int word = 0; word < _starts.Length; word++)
        {
            _starts[word] = next;
            string text = words.Words[word];
            for (int i = 0; i < text.Length;)
            {
                Rune rune = Rune.GetRuneAt(text, i);
                int id = characters.Find(rune, isFirst: i == 0, isLast: i + rune.Utf16SequenceLength == text.Length);
                if (id >= 0)
                {
                    _ids[next++] = id;
                }

                i += rune.Utf16SequenceLength;
            }

            _lengths[word] = next - _starts[word];
        }
    }

    public int Count => _starts.Length;

    /// <summary>How often each word occurs.</summary>
    public long[] Counts { get; }

    /// <summary>The symbols of a word.</summary>
    public ReadOnlySpan<int> Word(int word) => _ids.AsSpan(_starts[word], _lengths[word]);

    /// <summary>
    /// Merges a pair in a word from left to right and lists how the number of pairs in it changes. A pair that would make
    /// too long a token is not listed when it comes, only when it goes.
    /// </summary>
    public void Merge(int word, int left, int right, int merged, List<PairChange> changes)
    {
        Span<int> ids = _ids.AsSpan(_starts[word], _lengths[word]);
        int length = _symbols.Length(merged);
        int write = 0;
        for (int read = 0; read < ids.Length;)
        {
            if (ids[read] != left || read + 1 == ids.Length || ids[read + 1] != right)
            {
                ids[write++] = ids[read++];
                continue;
            }

            read += 2;
            if (write > 0)
            {
                changes.Add(new PairChange(Pairs.Of(ids[write - 1], left), word, -1));
                AddIfShort(ids[write - 1], merged, ids[write - 1]);
            }

            ids[write++] = merged;
            if (read < ids.Length)
            {
                changes.Add(new PairChange(Pairs.Of(right, ids[read]), word, -1));
                AddIfShort(merged, ids[read], ids[read]);
            }
        }

        _lengths[word] = write;

        void AddIfShort(int first, int second, int neighbour)
        {
            if (_symbols.Length(neighbour) + length < _maxTokenLength)
            {
                changes.Add(new PairChange(Pairs.Of(first, second), word, 1));
            }
        }
    }

    private static int CountCharacters(string[] words)
    {
        long count = words.Sum(word => (long)word.Length);
        return count <= Array.MaxLength
            ? (int)count
            : throw new TokenizationException($"The different words have {count} characters in all; at most {Array.MaxLength} can be trained on.");
    }

    // The symbols of characters at the places where they get a prefix or a suffix and where they get none.
    private sealed class CharacterIds(SymbolTable symbols, BpeTrainerOptions options)
    {
        private readonly Dictionary<int, int>[] _known = [[], [], [], []];

        /// <summary>
        /// Adds all of them, those in most words first. The reference adds them as it meets them in an order that is left to
        /// chance: this is the order that is met most.
        /// </summary>
        public void AddAll(string[] words)
        {
            var counts = new Dictionary<(int Character, int Place), int>();
            foreach (string word in words)
            {
                for (int i = 0; i < word.Length;)
                {
                    Rune rune = Rune.GetRuneAt(word, i);
                    int place = Place(i == 0, i + rune.Utf16SequenceLength == word.Length);
                    CollectionsMarshal.GetValueRefOrAddDefault(counts, (rune.Value, place), out _)++;
                    i += rune.Utf16SequenceLength;
                }
            }

            foreach ((int character, int place) in counts.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key).Select(entry => entry.Key))
            {
                string piece = new Rune(character).ToString();
                _known[place][character] = symbols.Ids.ContainsKey(piece) ? symbols.Add(Decorate(piece, place), 1) : -1;
            }
        }

        /// <summary>The symbol of a character; -1: it is not in the alphabet.</summary>
        public int Find(Rune character, bool isFirst, bool isLast) => _known[Place(isFirst, isLast)][character.Value];

        private static int Place(bool isFirst, bool isLast) => (isFirst ? 1 : 0) + (isLast ? 2 : 0);

        private string Decorate(string piece, int place) =>
            ((place & 1) != 0 ? "" : options.ContinuingSubwordPrefix) + piece + ((place & 2) == 0 ? "" : options.EndOfWordSuffix);
    }
}
