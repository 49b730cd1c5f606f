using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace LlmPlatform.Retrieval.Documents.Pdf.Structure;

/// <summary>An object as it was found among a file's bytes.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Generation">Its generation.</param>
/// <param name="Dictionary">Its value; for a stream, the dictionary.</param>
/// <param name="Stream">A stream's bytes, encoded; null: it is no stream.</param>
internal sealed partial record FoundObject(
    int Number, int Generation, ReadOnlyMemory<byte> Dictionary, ReadOnlyMemory<byte>? Stream)
{
    private const int LongestDictionary = 1 << 16;

    /// <summary>The dictionary's text, the beginning of a long one.</summary>
    public string Text => Encoding.Latin1.GetString(Dictionary.Span[..Math.Min(Dictionary.Length, LongestDictionary)]);

    /// <summary>Whether its /Type is this one.</summary>
    public bool IsType(string type)
    {
        ReadOnlySpan<byte> bytes = Dictionary.Span[..Math.Min(Dictionary.Length, LongestDictionary)];
        int at = bytes.IndexOf("/Type"u8);
        while (at >= 0)
        {
            bytes = bytes[(at + "/Type"u8.Length)..];
            ReadOnlySpan<byte> value = bytes.TrimStart(" \r\n\t"u8);
            if (value.Length > type.Length && value[0] == '/' && Encoding.Latin1.GetString(value.Slice(1, type.Length)) == type
                && (value.Length == type.Length + 1 || !char.IsAsciiLetterOrDigit((char)value[type.Length + 1])))
            {
                return true;
            }

            at = bytes.IndexOf("/Type"u8);
        }

        return false;
    }

    /// <summary>The dictionary with another /Length.</summary>
    public byte[] DictionaryWithLength(int length)
    {
        string text = Encoding.Latin1.GetString(Dictionary.Span);
        string value = string.Create(CultureInfo.InvariantCulture, $"/Length {length}");
        string changed = LengthEntry().IsMatch(text)
            ? LengthEntry().Replace(text, value, 1)
            : text.Insert(text.IndexOf("<<", StringComparison.Ordinal) + "<<".Length, $" {value} ");
        return Encoding.Latin1.GetBytes(changed);
    }

    [GeneratedRegex(@"/Length\s+-?\d+(\s+\d+\s+R)?(?![\d])")]
    private static partial Regex LengthEntry();
}
