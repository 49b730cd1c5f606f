using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.Unicode;

/// <summary>
/// The alphabet of byte-level tokenizers (GPT-2): every byte has a printable character. Bytes that print as themselves in
/// Latin-1 do so; the others, in order, are the characters from U+0100 on.
/// </summary>
internal static class ByteAlphabet
{
    /// <summary>One more than the greatest character of the alphabet.</summary>
    private const int Limit = 0x144;

    private static readonly int[] Characters = MakeCharacters();
    private static readonly int[] Bytes = MakeBytes();

    public static int Character(byte value) => Characters[value];

    public static bool TryGetByte(int character, out byte value)
    {
        int found = (uint)character < Limit ? Bytes[character] : -1;
        value = (byte)found;
        return found >= 0;
    }

    /// <summary>Rewrites the code points <c>[start, end)</c> of a text to the characters of their bytes.</summary>
    public static void Rewrite(AlignedText text, int start, int end)
    {
        Span<byte> bytes = stackalloc byte[4];
        for (int i = start; i < end; i++)
        {
            int codePoint = text.CodePoints[i];
            if (codePoint < 0x80)
            {
                text.Put(Characters[codePoint], i);
                continue;
            }

            foreach (byte value in bytes[..CodePoints.EncodeUtf8(codePoint, bytes)])
            {
                text.Put(Characters[value], i);
            }
        }
    }

    private static int[] MakeCharacters()
    {
        int[] characters = new int[256];
        int next = 0x100;
        for (int value = 0; value < characters.Length; value++)
        {
            bool prints = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE;
            characters[value] = prints ? value : next++;
        }

        return characters;
    }

    private static int[] MakeBytes()
    {
        int[] bytes = new int[Limit];
        Array.Fill(bytes, -1);
        for (int value = 0; value < Characters.Length; value++)
        {
            bytes[Characters[value]] = value;
        }

        return bytes;
    }
}
