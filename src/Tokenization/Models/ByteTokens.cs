using System.Globalization;

namespace LlmPlatform.Tokenization.Models;

/// <summary>The tokens <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c> that stand for single bytes.</summary>
internal static class ByteTokens
{
    /// <summary>The ids of the 256 tokens, -1 where the vocabulary lacks one.</summary>
    public static int[] Find(Vocabulary vocabulary)
    {
        int[] ids = new int[256];
        for (int value = 0; value < ids.Length; value++)
        {
            ids[value] = vocabulary.TryGetId(Name(value), out int id) ? id : -1;
        }

        return ids;
    }

    public static string Name(int value) => string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>");
}
