using LlmPlatform.Tokenization.Text;
using LlmPlatform.Tokenization.Unicode;

namespace LlmPlatform.Tokenization.Normalizers;

/// <summary>The normalization forms of Unicode (UAX #15).</summary>
internal sealed class UnicodeNormalizer : INormalizer
{
    private const int FewMarks = 32;

    private readonly bool _compatibility;
    private readonly bool _composes;

    private UnicodeNormalizer(bool compatibility, bool composes)
    {
        _compatibility = compatibility;
        _composes = composes;
    }

    public static UnicodeNormalizer Nfc { get; } = new(compatibility: false, composes: true);

    public static UnicodeNormalizer Nfd { get; } = new(compatibility: false, composes: false);

    public static UnicodeNormalizer Nfkc { get; } = new(compatibility: true, composes: true);

    public static UnicodeNormalizer Nfkd { get; } = new(compatibility: true, composes: false);

    public void Normalize(AlignedText text)
    {
        if (!text.CodePoints.ContainsAnyExceptInRange(0, 0x7F))
        {
            return;
        }

        List<Change> changes = Decompose(text.CodePoints);
        Change.Apply(text, _composes ? Compose(changes) : changes);
    }

    // Of a character's parts the first replaces it and the others count as inserted; marks are then put in order.
    private List<Change> Decompose(ReadOnlySpan<int> text)
    {
        NormalizationData data = NormalizationData.Instance;
        var changes = new List<Change>(text.Length + 16);
        var parts = new List<int>();
        int marks = 0;
        foreach (int codePoint in text)
        {
            parts.Clear();
            data.Decompose(codePoint, _compatibility, parts);
            for (int i = 0; i < parts.Count; i++)
            {
                if (data.CombiningClass(parts[i]) == 0)
                {
                    SortMarks(changes, marks);
                    marks = changes.Count + 1;
                }

                changes.Add(new Change(parts[i], i == 0 ? 0 : 1));
            }
        }

        SortMarks(changes, marks);
        return changes;
    }

    // A stable sort of the changes from a place on, by combining class. There are few, but for texts made to be costly.
    private static void SortMarks(List<Change> changes, int start)
    {
        NormalizationData data = NormalizationData.Instance;
        int count = changes.Count - start;
        if (count > FewMarks)
        {
            Change[] sorted = [.. changes.Skip(start).OrderBy(change => data.CombiningClass(change.CodePoint))];
            changes.RemoveRange(start, count);
            changes.AddRange(sorted);
            return;
        }

        for (int i = start + 1; i < changes.Count; i++)
        {
            Change change = changes[i];
            int combiningClass = data.CombiningClass(change.CodePoint);
            int to = i;
            for (; to > start && data.CombiningClass(changes[to - 1].CodePoint) > combiningClass; to--)
            {
                changes[to] = changes[to - 1];
            }

            changes[to] = change;
        }
    }

    // Every character joins the last starter before it where the two compose and nothing between them stands in the way.
    private static List<Change> Compose(List<Change> parts)
    {
        NormalizationData data = NormalizationData.Instance;
        var result = new List<Change>(parts.Count);
        int starter = -1;
        int lastClass = 0;
        foreach (Change part in parts)
        {
            int combiningClass = data.CombiningClass(part.CodePoint);
            bool isNext = starter == result.Count - 1;
            if (starter >= 0 && (isNext || lastClass < combiningClass)
                && data.TryCompose(result[starter].CodePoint, part.CodePoint, out int composed))
            {
                result[starter] = new Change(composed, result[starter].Delta + part.Delta - 1);
                continue;
            }

            if (combiningClass == 0)
            {
                starter = result.Count;
            }

            lastClass = combiningClass;
            result.Add(part);
        }

        return result;
    }
}
