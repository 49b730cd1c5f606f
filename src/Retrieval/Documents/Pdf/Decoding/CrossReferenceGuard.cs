using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace LlmPlatform.Retrieval.Documents.Pdf.Decoding;

/// <summary>
/// Looks at what the dictionaries of cross-reference streams promise: the library makes as many entries as /Index says,
/// whether there are bytes for them or not.
/// </summary>
internal static partial class CrossReferenceGuard
{
    // An object takes a few bytes at the very least.
    private const long Spare = 10_000;
    private const int Window = 4096;

    /// <summary>Checks all cross-reference streams of a file.</summary>
    public static void Check(ReadOnlySpan<byte> bytes, ReadingBudget budget)
    {
        long most = bytes.Length + Spare;
        int from = 0;
        int found;
        while ((found = bytes[from..].IndexOf("/XRef"u8)) >= 0)
        {
            int at = from + found;
            from = at + 1;
            ReadOnlySpan<byte> before = bytes[Math.Max(0, at - Window)..at];
            before = before[Math.Max(before.LastIndexOf("obj"u8), 0)..];
            ReadOnlySpan<byte> after = bytes.Slice(at, Math.Min(Window, bytes.Length - at));
            int stop = after.IndexOf("stream"u8);
            string dictionary = Encoding.Latin1.GetString(before) + Encoding.Latin1.GetString(stop < 0 ? after : after[..stop]);
            if (Promised(dictionary) > most)
            {
                budget.Exceed($"a cross-reference stream of more than {most} objects");
            }

            budget.Check();
        }
    }

    // /Index lists pairs of a first number and a count; without it there are /Size objects.
    private static decimal Promised(string dictionary)
    {
        Match index = Index().Match(dictionary);
        return index.Success
            ? Number().Matches(index.Value).Where((_, place) => place % 2 == 1).Sum(Value)
            : Size().Matches(dictionary).Select(size => Value(size.Groups[1])).DefaultIfEmpty(0).Max();
    }

    private static decimal Value(Capture number) =>
        number.Length > 15 ? long.MaxValue : decimal.Parse(number.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"/Index\s*\[[^\]]*")]
    private static partial Regex Index();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();

    [GeneratedRegex(@"/Size\s+(\d+)")]
    private static partial Regex Size();
}
