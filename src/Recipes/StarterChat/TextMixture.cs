namespace LlmPlatform.Recipes.StarterChat;

/// <summary>Some texts of a kind.</summary>
/// <param name="Key">The number below <c>data</c> that says how much of them is taken, in percent; 200 takes each twice.</param>
/// <param name="Texts">The texts, always in the same order.</param>
/// <param name="Validated">Whether one in <see cref="TextMixture.ValidationOneIn"/> is held out for the loss of texts that were not seen.</param>
internal sealed record TextSource(string Key, IEnumerable<string> Texts, bool Validated = true);

/// <summary>Takes from each kind as much as was asked for; which texts those are depends on nothing but their number.</summary>
internal static class TextMixture
{
    /// <summary>One text in so many is not trained on.</summary>
    public const int ValidationOneIn = 250;

    private const int Whole = 100;

    /// <summary>The texts of a mixture.</summary>
    /// <param name="sources">The kinds.</param>
    /// <param name="percent">How much of a kind, by its key.</param>
    /// <returns>Each text with how often it is trained on; 0 times for one that is held out.</returns>
    public static IEnumerable<(string Text, int Copies)> Take(IEnumerable<TextSource> sources, Func<string, long> percent)
    {
        foreach (TextSource source in sources)
        {
            long wanted = percent(source.Key);
            ulong number = 0;
            foreach (string text in source.Texts)
            {
                ulong chance = Mixed(++number);
                if (source.Validated && chance % ValidationOneIn == 0)
                {
                    // Held out in the same measure as the rest is taken.
                    if ((chance / ValidationOneIn % Whole) < (ulong)wanted)
                    {
                        yield return (text, 0);
                    }

                    continue;
                }

                int copies = (int)(wanted / Whole) + (chance / ValidationOneIn % Whole < (ulong)(wanted % Whole) ? 1 : 0);
                if (copies > 0)
                {
                    yield return (text, copies);
                }
            }
        }
    }

    // The last step of SplitMix64 (https://doi.org/10.1145/2660193.2660195).
    private static ulong Mixed(ulong number)
    {
        ulong mixed = number * 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
