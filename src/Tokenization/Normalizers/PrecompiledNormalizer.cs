using System.Globalization;
using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.Normalizers;

/// <summary>
/// Applies the character map of a sentencepiece model. A short grapheme is replaced as a whole by what the map has for its
/// beginning, otherwise each of its characters by itself; models were trained with just this.
/// </summary>
internal sealed class PrecompiledNormalizer(CharacterMap map) : INormalizer
{
    private const int ShortGrapheme = 6;

    public void Normalize(AlignedText text)
    {
        if (!text.CodePoints.ContainsAnyExceptInRange(' ', '~'))
        {
            // The printable ASCII characters are graphemes of their own; maps leave them as they are.
            if (map.KeepsPrintableAscii)
            {
                return;
            }
        }

        List<Change>? changes = MapGraphemes(text.CodePoints);
        if (changes is not null)
        {
            Change.Apply(text, changes);
        }
    }

    // Null: nothing changed.
    private List<Change>? MapGraphemes(ReadOnlySpan<int> text)
    {
        var changes = new List<Change>(text.Length);
        bool modified = false;
        string utf16 = CodePoints.Encode(text);
        int unit = 0;
        int start = 0;
        while (start < text.Length)
        {
            int units = StringInfo.GetNextTextElementLength(utf16.AsSpan(unit));
            int end = start;
            for (int i = 0; i < units; end++)
            {
                i += text[end] < 0x10000 ? 1 : 2;
            }

            ReadOnlySpan<int> grapheme = text[start..end];
            if (CodePoints.Utf8Length(grapheme) < ShortGrapheme && map.TryMap(grapheme, out int[]? whole))
            {
                modified = true;
                AddReplacement(changes, grapheme.Length, whole);
            }
            else
            {
                for (int i = 0; i < grapheme.Length; i++)
                {
                    if (map.TryMap(grapheme.Slice(i, 1), out int[]? single))
                    {
                        modified = true;
                        AddReplacement(changes, 1, single);
                    }
                    else
                    {
                        changes.Add(new Change(grapheme[i], 0));
                    }
                }
            }

            unit += units;
            start = end;
        }

        return modified ? changes : null;
    }

    // Of a longer replacement the last characters count as inserted; for a shorter one the last swallows the rest, and
    // where there is none the character before does.
    private static void AddReplacement(List<Change> changes, int oldCount, int[] replacement)
    {
        int difference = replacement.Length - oldCount;
        for (int i = 0; i < replacement.Length; i++)
        {
            changes.Add(new Change(replacement[i], i >= replacement.Length - Math.Max(difference, 0) ? 1 : 0));
        }

        if (difference < 0 && changes.Count > 0)
        {
            changes[^1] = changes[^1] with { Delta = changes[^1].Delta + difference };
        }
    }
}
