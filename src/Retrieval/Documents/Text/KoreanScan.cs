namespace LlmPlatform.Retrieval.Documents.Text;

/// <summary>How much of a text is CP949 (Korean in one or two bytes a character).</summary>
/// <param name="Common">Two-byte syllables of KS X 1001: nearly all of real Korean text.</param>
/// <param name="Frequent">Those of them that every Korean text is full of.</param>
/// <param name="Rare">Other two-byte letters: the syllables that CP949 adds, and Chinese characters.</param>
/// <param name="Invalid">Bytes that fit nowhere.</param>
internal readonly record struct KoreanScan(int Common, int Frequent, int Rare, int Invalid)
{
    // Syllables of particles, endings and the commonest nouns.
    private static readonly HashSet<int> FrequentSyllables =
        [.. Pairs("이다는에의을가고한하지로은사기도자시일대를서인수정해리나어아부스있그과으니보제전장상주라되구성만했적들무")];

    /// <summary>Whether it can be Korean at all: English with quotation marks of windows-1252 has rare pairs only.</summary>
    public bool IsPossible => Common > 0 && Common >= 2 * Rare && Invalid <= Common / 20;

    /// <summary>Whether its syllables are those of Korean; Chinese read as CP949 gives unusual ones.</summary>
    public bool IsLikely => IsPossible && Frequent * 6 >= Common;

    public static KoreanScan Of(ReadOnlySpan<byte> bytes)
    {
        int common = 0;
        int frequent = 0;
        int rare = 0;
        int invalid = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            byte lead = bytes[i];
            if (lead < 0x80)
            {
                continue;
            }

            if (i + 1 == bytes.Length)
            {
                break;
            }

            byte trail = bytes[i + 1];
            bool extension = trail is (>= 0x41 and <= 0x5A) or (>= 0x61 and <= 0x7A) or (>= 0x81 and < 0xA1);
            if (lead is 0x80 or 0xFF || !(trail is >= 0xA1 and <= 0xFE || (extension && lead <= 0xC6)))
            {
                invalid++;
                continue;
            }

            i++;
            if (trail >= 0xA1 && lead is >= 0xB0 and <= 0xC8)
            {
                common++;
                frequent += FrequentSyllables.Contains((lead << 8) | trail) ? 1 : 0;
            }
            else if (lead <= 0xA0 || extension || lead >= 0xCA)
            {
                rare++;
            }
        }

        return new KoreanScan(common, frequent, rare, invalid);
    }

    private static IEnumerable<int> Pairs(string syllables) => Charset.Cp949.Encoding.GetBytes(syllables)
        .Chunk(2)
        .Select(pair => (pair[0] << 8) | pair[1]);
}
