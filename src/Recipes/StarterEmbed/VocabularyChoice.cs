using System.Text.Json.Nodes;
using LlmPlatform.Recipes.Running;
using LlmPlatform.Tokenization;

namespace LlmPlatform.Recipes.StarterEmbed;

/// <summary>
/// Which pieces of a Unigram vocabulary a smaller model keeps, in their old order. Special and added tokens stay, and every
/// character of ASCII; then all pieces with Hangul, of which such a vocabulary has few thousand, so that Korean is cut as before
/// and no syllable becomes unknown; the rest are the most used ones. A word whose piece is gone is cut into smaller pieces.
/// </summary>
internal static class VocabularyChoice
{
    // Hangul fills at most this share, whatever the teacher's vocabulary.
    private const double HangulShare = 0.6;

    /// <summary>Counts pieces.</summary>
    /// <param name="tokenizer">The teacher's.</param>
    /// <param name="texts">What is counted.</param>
    /// <param name="size">Pieces of the vocabulary.</param>
    /// <param name="cancellationToken">Ends the counting.</param>
    /// <returns>How often each piece occurs, by its id.</returns>
    public static long[] Count(Tokenizer tokenizer, IEnumerable<string> texts, int size, CancellationToken cancellationToken)
    {
        long[] counts = new long[size];
        foreach (string text in texts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (int id in tokenizer.EncodeIds(text, addSpecialTokens: false))
            {
                counts[id]++;
            }
        }

        return counts;
    }

    /// <summary>Chooses.</summary>
    /// <param name="tokenizer">The teacher's tokenizer.json.</param>
    /// <param name="counts">How often each piece occurs, by its id.</param>
    /// <param name="size">How many to keep.</param>
    /// <returns>Old ids in ascending order; their places are the new ids.</returns>
    /// <exception cref="RecipeException">The tokenizer is no Unigram model, or what must stay is more than <paramref name="size"/>.</exception>
    public static int[] Choose(JsonObject tokenizer, long[] counts, int size)
    {
        JsonArray vocabulary = UnigramJson.Vocabulary(tokenizer);
        string[] pieces = [.. vocabulary.Select(UnigramJson.Piece)];
        HashSet<int> kept = [.. UnigramJson.AddedIds(tokenizer), UnigramJson.UnknownId(tokenizer)];
        for (int id = 0; id < pieces.Length; id++)
        {
            if (pieces[id].Length == 1 && (char.IsAscii(pieces[id][0]) || pieces[id][0] == UnigramJson.Space))
            {
                kept.Add(id);
            }
        }

        int hangul = (int)(size * HangulShare);
        kept.UnionWith(MostUsed(Enumerable.Range(0, pieces.Length).Where(id => pieces[id].Any(IsHangul)), pieces, counts).Take(hangul));
        if (kept.Count > size)
        {
            throw new RecipeException($"vocabulary: {kept.Count} pieces must stay, expected at most {size}");
        }

        IEnumerable<int> others = MostUsed(Enumerable.Range(0, pieces.Length).Where(id => !kept.Contains(id) && counts[id] > 0), pieces, counts);
        kept.UnionWith(others.Take(size - kept.Count));
        return [.. kept.Order()];
    }

    // Characters come before longer pieces that occur as rarely: they cover what the longer ones would.
    private static IEnumerable<int> MostUsed(IEnumerable<int> ids, string[] pieces, long[] counts) =>
        ids.OrderByDescending(id => IsSyllable(pieces[id])).ThenByDescending(id => counts[id]).ThenBy(id => id);

    private static bool IsSyllable(string piece) => piece.Length == 1 && IsHangul(piece[0]);

    // Syllables, and the letters that normalization leaves of lone ones.
    private static bool IsHangul(char letter) => letter is (>= '가' and <= '힣') or (>= 'ᄀ' and <= 'ᇿ') or (>= 'ㄱ' and <= 'ㆎ');
}
