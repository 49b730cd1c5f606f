namespace LlmPlatform.Tokenization.Trainers;

/// <summary>The different words of the texts and how often each occurs, in the order of their UTF-16 units.</summary>
internal sealed class WordCounts
{
    public WordCounts(Dictionary<string, long> counts)
    {
        Words = [.. counts.Keys];
        Array.Sort(Words, StringComparer.Ordinal);
        Counts = Array.ConvertAll(Words, word => counts[word]);
    }

    public string[] Words { get; }

    public long[] Counts { get; }

    /// <summary>How often each character occurs in the texts.</summary>
    public Dictionary<int, long> CountCharacters()
    {
        var characters = new Dictionary<int, long>();
        for (int i = 0; i < Words.Length; i++)
        {
            foreach (System.Text.Rune rune in Words[i].EnumerateRunes())
            {
                System.Runtime.InteropServices.CollectionsMarshal
                    .GetValueRefOrAddDefault(characters, rune.Value, out _) += Counts[i];
            }
        }

        return characters;
    }
}
