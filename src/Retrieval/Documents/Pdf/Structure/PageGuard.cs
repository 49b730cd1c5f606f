using LlmPlatform.Retrieval.Documents.Pdf.Decoding;
using UglyToad.PdfPig;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Tokenization.Scanner;
using UglyToad.PdfPig.Tokens;

namespace LlmPlatform.Retrieval.Documents.Pdf.Structure;

/// <summary>
/// Adds up what a page will cost before the library reads it: it reads a page in one go, without a limit. A form that
/// draws another ten times, which draws another ten times, is a few hundred bytes and a million drawings.
/// </summary>
internal sealed class PageGuard(PdfDocument document, ReadingBudget budget)
{
    private const long MostBytes = 8 << 20;
    private const long MostLetters = 400_000;
    private const long MostForms = 50_000;
    private const long DeepestState = 250_000;
    private const long WidestRange = 1 << 17;
    private const int DeepestForm = 64;
    private const long Much = 1L << 40;

    private readonly IPdfTokenScanner _scanner = document.Structure.TokenScanner;
    private readonly CountedFilters _filters = new(budget);
    private readonly Dictionary<StreamToken, Cost> _known = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<DictionaryToken> _fonts = new(ReferenceEqualityComparer.Instance);

    /// <summary>Whether a page can be read at a bearable cost.</summary>
    public bool Allows(PageSource page)
    {
        budget.Check();
        List<DictionaryToken> resources = [.. page.Inherited];
        if (_scanner.Value<DictionaryToken>(page.Dictionary, "Resources") is { } own)
        {
            resources.Add(own);
        }

        IToken? contents = _scanner.Value<IToken>(page.Dictionary, "Contents");
        IEnumerable<IToken?> parts = contents is ArrayToken several ? several.Data.Select(_scanner.Resolve) : [contents];
        Cost cost = default;
        foreach (StreamToken part in parts.OfType<StreamToken>())
        {
            cost += CostOf(part, resources, 0);
        }

        return resources.TrueForAll(FontsAreSane)
            && cost is { Bytes: <= MostBytes, Letters: <= MostLetters, Forms: <= MostForms, Depth: <= DeepestState };
    }

    private Cost CostOf(StreamToken stream, List<DictionaryToken> resources, int depth)
    {
        if (_known.TryGetValue(stream, out Cost known))
        {
            return known;
        }

        // A form that draws itself counts once; the library stops there too.
        _known[stream] = default;
        if (depth > DeepestForm)
        {
            return new Cost(0, 0, Much, 0);
        }

        ContentCost own = ContentCost.Of(stream.Decode(_filters).Span);
        Cost cost = new(own.Bytes, own.Letters, 0, own.Depth);
        foreach ((string name, int times) in own.Forms)
        {
            budget.Check();
            if (FormOf(name, resources) is not { } form)
            {
                continue;
            }

            DictionaryToken? inner = _scanner.Value<DictionaryToken>(form.StreamDictionary, "Resources");
            if (inner is not null && !FontsAreSane(inner))
            {
                return new Cost(Much, 0, 0, 0);
            }

            cost += (CostOf(form, inner is null ? resources : [inner], depth + 1) + new Cost(0, 0, 1, 0)) * times;
        }

        _known[stream] = cost;
        return cost;
    }

    private StreamToken? FormOf(string name, List<DictionaryToken> resources)
    {
        for (int i = resources.Count - 1; i >= 0; i--)
        {
            if (_scanner.Value<DictionaryToken>(resources[i], "XObject") is { } objects
                && _scanner.Value<StreamToken>(objects, name) is { } stream)
            {
                return _scanner.Value<NameToken>(stream.StreamDictionary, "Subtype")?.Data == "Form" ? stream : null;
            }
        }

        return null;
    }

    // Widths of a composite font may be given for a range of codes, and the library writes down each.
    private bool FontsAreSane(DictionaryToken resources)
    {
        if (_scanner.Value<DictionaryToken>(resources, "Font") is not { } fonts)
        {
            return true;
        }

        foreach (IToken token in fonts.Data.Values)
        {
            if (_scanner.Resolve(token) is DictionaryToken font && _fonts.Add(font)
                && _scanner.Value<ArrayToken>(font, "DescendantFonts") is { Length: > 0 } descendants
                && _scanner.Resolve(descendants.Data[0]) is DictionaryToken descendant
                && !(AreSane(_scanner.Value<ArrayToken>(descendant, "W"), 1)
                    && AreSane(_scanner.Value<ArrayToken>(descendant, "W2"), 3)))
            {
                _fonts.Remove(font);
                return false;
            }
        }

        return true;
    }

    // "first [widths]" or "first last width".
    private bool AreSane(ArrayToken? widths, int values)
    {
        long all = 0;
        for (int i = 0; widths is not null && i + 1 < widths.Length;)
        {
            if (_scanner.Resolve(widths.Data[i + 1]) is ArrayToken)
            {
                i += 2;
                continue;
            }

            if (_scanner.Resolve(widths.Data[i]) is not NumericToken first
                || _scanner.Resolve(widths.Data[i + 1]) is not NumericToken last)
            {
                return true;
            }

            all += Math.Max(0, (long)Math.Min(last.Data - first.Data, Much));
            if (all > WidestRange)
            {
                return false;
            }

            i += 2 + values;
        }

        return true;
    }

    private readonly record struct Cost(long Bytes, long Letters, long Forms, long Depth)
    {
        public static Cost operator +(Cost one, Cost other) => new(
            Math.Min(one.Bytes + other.Bytes, Much), Math.Min(one.Letters + other.Letters, Much),
            Math.Min(one.Forms + other.Forms, Much), one.Depth + other.Depth);

        public static Cost operator *(Cost one, int times) => new(
            Math.Min(one.Bytes, Much) * Math.Min(times, 1 << 20), Math.Min(one.Letters, Much) * Math.Min(times, 1 << 20),
            Math.Min(one.Forms, Much) * Math.Min(times, 1 << 20), one.Depth);
    }
}
