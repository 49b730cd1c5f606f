using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace LlmPlatform.Tokenization.Models;

/// <summary>Remembers the ids of words that were met before. It keeps the first words it meets, up to a limit.</summary>
internal sealed class WordCache
{
    private const int MaxWords = 20_000;
    private const int MaxWordLength = 48;

    // A key holds the word's code points, each as two 16-bit halves; it is no text.
    private readonly ConcurrentDictionary<string, int[]> _words = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private int _count;

    public WordCache() => _lookup = _words.GetAlternateLookup<ReadOnlySpan<char>>();

    public bool TryGet(ReadOnlySpan<int> word, [NotNullWhen(true)] out int[]? ids)
    {
        if (word.Length > MaxWordLength)
        {
            ids = null;
            return false;
        }

        return _lookup.TryGetValue(MemoryMarshal.Cast<int, char>(word), out ids);
    }

    /// <summary>Remembers that a word has the ids from <paramref name="start"/> on.</summary>
    public void Add(ReadOnlySpan<int> word, List<int> ids, int start)
    {
        if (word.Length <= MaxWordLength && Volatile.Read(ref _count) < MaxWords
            && _lookup.TryAdd(MemoryMarshal.Cast<int, char>(word), [.. CollectionsMarshal.AsSpan(ids)[start..]]))
        {
            Interlocked.Increment(ref _count);
        }
    }
}
