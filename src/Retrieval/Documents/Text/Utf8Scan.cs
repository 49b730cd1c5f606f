using System.Buffers;
using System.Text;

namespace LlmPlatform.Retrieval.Documents.Text;

/// <summary>How much of a text is UTF-8.</summary>
/// <param name="Valid">Characters of more than one byte.</param>
/// <param name="Invalid">Places where the bytes are no UTF-8; a character cut off by the end of the file is none.</param>
internal readonly record struct Utf8Scan(int Valid, int Invalid)
{
    /// <summary>
    /// Whether it should be read as UTF-8: some stray bytes change nothing while proper characters outnumber them. (In a
    /// text of another character set hardly any place is valid by accident.)
    /// </summary>
    public bool IsUtf8 => Invalid == 0 || Valid >= 2 * Invalid;

    public static Utf8Scan Of(ReadOnlySpan<byte> bytes)
    {
        int valid = 0;
        int invalid = 0;
        while (true)
        {
            int ascii = bytes.IndexOfAnyExceptInRange((byte)0, (byte)0x7F);
            if (ascii < 0)
            {
                return new Utf8Scan(valid, invalid);
            }

            bytes = bytes[ascii..];
            switch (Rune.DecodeFromUtf8(bytes, out _, out int consumed))
            {
                case OperationStatus.Done:
                    valid++;
                    break;
                case OperationStatus.NeedMoreData:
                    return new Utf8Scan(valid, invalid);
                default:
                    invalid++;
                    break;
            }

            bytes = bytes[consumed..];
        }
    }
}
