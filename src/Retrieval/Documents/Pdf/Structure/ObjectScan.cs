using System.Buffers.Text;
using System.Globalization;
using System.Text.RegularExpressions;
using LlmPlatform.Retrieval.Documents.Pdf.Decoding;

namespace LlmPlatform.Retrieval.Documents.Pdf.Structure;

/// <summary>Finds objects among bytes by the words around them, without a cross-reference table.</summary>
internal static class ObjectScan
{
    /// <summary>The objects in the order of the file.</summary>
    public static IEnumerable<FoundObject> Find(ReadOnlyMemory<byte> bytes, ReadingBudget budget)
    {
        int at = 0;
        while (at < bytes.Length)
        {
            int word = IndexOf(bytes, at, "obj"u8);
            if (word < 0)
            {
                yield break;
            }

            budget.Check();
            int body = word + "obj"u8.Length;
            at = body;
            if (TryNumbers(bytes.Span[..word], out int number, out int generation)
                && Body(bytes, body, number, generation) is { } found)
            {
                at = found.End;
                yield return found.Object;
            }
        }
    }

    /// <summary>The objects that an object stream holds (ISO 32000-1, 7.5.7).</summary>
    public static IEnumerable<FoundObject> Unpack(FoundObject packed, ReadingBudget budget)
    {
        if (packed.Stream is not { } stream || ValueOf(packed.Text, "/First") is not { } first || first < 0)
        {
            yield break;
        }

        byte[] copy = stream.ToArray();
        Memory<byte> data = packed.Text.Contains("/FlateDecode", StringComparison.Ordinal) ? Inflating.Inflate(copy, budget) : copy;
        if (first > data.Length)
        {
            yield break;
        }

        List<(int Number, int Offset)> heads = Heads(data.Span[..first]);
        for (int i = 0; i < heads.Count; i++)
        {
            long start = (long)first + heads[i].Offset;
            long end = i + 1 < heads.Count ? (long)first + heads[i + 1].Offset : data.Length;
            if (start >= 0 && start < end && end <= data.Length)
            {
                yield return new FoundObject(heads[i].Number, 0, data[(int)start..(int)end], null);
            }
        }
    }

    /// <summary>The number of the object that a dictionary's entry refers to, the last such entry; null: none.</summary>
    public static int? ReferenceOf(string dictionary, string name)
    {
        Match? match = Regex.Matches(dictionary, $@"{name}\s+(\d{{1,9}})\s+\d{{1,5}}\s+R").LastOrDefault();
        return match is null ? null : int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
    }

    private static int? ValueOf(string dictionary, string name)
    {
        Match match = Regex.Match(dictionary, $@"{name}\s+(\d{{1,9}})");
        return match.Success ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : null;
    }

    private static List<(int Number, int Offset)> Heads(ReadOnlySpan<byte> head)
    {
        List<int> numbers = [];
        while ((head = head.TrimStart(" \r\n\t\0"u8)).Length > 0 && Utf8Parser.TryParse(head, out int value, out int length))
        {
            numbers.Add(value);
            head = head[length..];
        }

        List<(int Number, int Offset)> heads = [];
        for (int i = 0; i + 1 < numbers.Count; i += 2)
        {
            heads.Add((numbers[i], numbers[i + 1]));
        }

        return heads;
    }

    private static int IndexOf(ReadOnlyMemory<byte> bytes, int from, ReadOnlySpan<byte> word)
    {
        int at = bytes.Span[from..].IndexOf(word);
        return at < 0 ? -1 : from + at;
    }

    // "12 0 " before the word; "endobj" has none.
    private static bool TryNumbers(ReadOnlySpan<byte> before, out int number, out int generation)
    {
        number = 0;
        return TryLastNumber(ref before, out generation) && TryLastNumber(ref before, out number) && number > 0;
    }

    private static bool TryLastNumber(ref ReadOnlySpan<byte> before, out int value)
    {
        value = 0;
        ReadOnlySpan<byte> trimmed = before.TrimEnd(" \r\n\t"u8);
        int start = trimmed.Length;
        while (start > 0 && trimmed.Length - start < 9 && char.IsAsciiDigit((char)trimmed[start - 1]))
        {
            start--;
        }

        bool parsed = Utf8Parser.TryParse(trimmed[start..], out value, out int length) && length == trimmed.Length - start;
        before = trimmed[..start];
        return parsed;
    }

    private static (FoundObject Object, int End)? Body(ReadOnlyMemory<byte> bytes, int start, int number, int generation)
    {
        int end = IndexOf(bytes, start, "endobj"u8);
        end = end < 0 ? bytes.Length : end;
        int word = bytes.Span[start..end].IndexOf("stream"u8);
        if (word < 0)
        {
            return (new FoundObject(number, generation, bytes[start..end], null), end);
        }

        ReadOnlyMemory<byte> dictionary = bytes.Slice(start, word);
        if (dictionary.Span.IndexOf(" obj"u8) >= 0)
        {
            return null;
        }

        int data = start + word + "stream"u8.Length;
        ReadOnlySpan<byte> rest = bytes.Span[data..];
        data += rest.StartsWith("\r\n"u8) ? 2 : rest.StartsWith("\n"u8) || rest.StartsWith("\r"u8) ? 1 : 0;
        int stop = IndexOf(bytes, data, "endstream"u8);
        int after = stop < 0 ? bytes.Length : stop;
        int last = stop < 0 ? bytes.Length : WithoutLineEnd(bytes.Span, data, stop);
        return (new FoundObject(number, generation, dictionary, bytes[data..last]), after);
    }

    private static int WithoutLineEnd(ReadOnlySpan<byte> bytes, int start, int end)
    {
        end -= end > start && bytes[end - 1] == '\n' ? 1 : 0;
        return end - (end > start && bytes[end - 1] == '\r' ? 1 : 0);
    }
}
