using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace LlmPlatform.Recipes.StarterEmbed;

/// <summary>
/// Chooses some of many by hash: the same texts on every machine and in whatever order they come, each once. What is held in memory
/// is what is chosen.
/// </summary>
internal static class TextSample
{
    private static readonly Comparer<(ulong Hash, string Key)> LargestFirst = Comparer<(ulong Hash, string Key)>.Create(
        (one, other) => one.Hash != other.Hash ? other.Hash.CompareTo(one.Hash) : string.CompareOrdinal(other.Key, one.Key));

    /// <summary>The items whose keys have the smallest hashes, in the hashes' order.</summary>
    /// <typeparam name="T">The items.</typeparam>
    /// <param name="items">All items; of those with the same key the first counts.</param>
    /// <param name="key">What an item is told apart by.</param>
    /// <param name="count">How many at most.</param>
    public static IReadOnlyList<T> Take<T>(IEnumerable<T> items, Func<T, string> key, long count)
    {
        HashSet<string> keys = new(StringComparer.Ordinal);
        PriorityQueue<T, (ulong Hash, string Key)> chosen = new(LargestFirst);
        foreach (T item in items)
        {
            string text = key(item);
            (ulong Hash, string Key) place = (Hash(text), text);
            bool isFull = chosen.Count >= count;
            if (isFull && (count == 0 || (chosen.TryPeek(out _, out (ulong Hash, string Key) largest) && LargestFirst.Compare(place, largest) <= 0)) || !keys.Add(text))
            {
                continue;
            }

            if (isFull && chosen.TryDequeue(out _, out (ulong Hash, string Key) gone))
            {
                keys.Remove(gone.Key);
            }

            chosen.Enqueue(item, place);
        }

        return [.. chosen.UnorderedItems.OrderBy(entry => entry.Priority.Hash).ThenBy(entry => entry.Priority.Key, StringComparer.Ordinal).Select(entry => entry.Element)];
    }

    /// <summary>A number that a text always has.</summary>
    public static ulong Hash(string text) => BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
