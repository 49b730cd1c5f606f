namespace LlmPlatform.Tokenization.Unicode;

/// <summary>The scripts of Unicode (<c>Data/Scripts.txt</c>), which .NET does not know.</summary>
internal static class Scripts
{
    /// <summary>No script: the code point is not assigned.</summary>
    public const int None = -1;

    private static readonly Lazy<(string[] Names, CodePointSet Set)[]> Table = new(() =>
        [.. UnicodeDataFile.ReadSets("Scripts.txt").Select(script => (Keys(script.Name), script.Set))]);

    // The number of the script of every code point, plus one.
    private static readonly Lazy<byte[]> Map = new(() =>
    {
        byte[] map = new byte[CodePointSet.Last + 1];
        for (int i = 0; i < Table.Value.Length; i++)
        {
            foreach ((int first, int last) in Table.Value[i].Set.Ranges)
            {
                map.AsSpan(first, last - first + 1).Fill((byte)(i + 1));
            }
        }

        return map;
    });

    /// <summary>The number of the script Han.</summary>
    public static int Han => LazyHan.Value;

    /// <summary>The number of the script Hiragana.</summary>
    public static int Hiragana => LazyHiragana.Value;

    /// <summary>The number of the script Katakana.</summary>
    public static int Katakana => LazyKatakana.Value;

    private static Lazy<int> LazyHan { get; } = new(() => IndexOf("han"));

    private static Lazy<int> LazyHiragana { get; } = new(() => IndexOf("hiragana"));

    private static Lazy<int> LazyKatakana { get; } = new(() => IndexOf("katakana"));

    /// <summary>The number of a code point's script, or <see cref="None"/>.</summary>
    public static int Of(int codePoint) => Map.Value[codePoint] - 1;

    /// <summary>The set of a script by its name or four letters, in lower case and without separators; null: unknown.</summary>
    public static CodePointSet? Find(string key)
    {
        int index = IndexOf(key);
        return index < 0 ? null : Table.Value[index].Set;
    }

    private static int IndexOf(string key) => Array.FindIndex(Table.Value, script => script.Names.Contains(key));

    private static string[] Keys(string names) =>
        [.. names.Split('/').Select(name => name.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant())];
}
