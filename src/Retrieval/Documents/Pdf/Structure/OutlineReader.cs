using LlmPlatform.Retrieval.Documents.Pdf.Layout;
using UglyToad.PdfPig;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Tokenization.Scanner;
using UglyToad.PdfPig.Tokens;

namespace LlmPlatform.Retrieval.Documents.Pdf.Structure;

/// <summary>
/// Reads a document's bookmarks (ISO 32000-1, 12.3.3). The library follows them by recursion, and an entry that is its own
/// grandchild ends the process; here every entry is visited once.
/// </summary>
internal sealed class OutlineReader(PdfDocument document, ReadingBudget budget)
{
    private const int MostEntries = 100_000;
    private const int Deepest = 32;

    private readonly IPdfTokenScanner _scanner = document.Structure.TokenScanner;

    /// <summary>The entries from the top down.</summary>
    public List<OutlineEntry> Read()
    {
        List<OutlineEntry> entries = [];
        DictionaryToken catalog = document.Structure.Catalog.CatalogDictionary;
        if (_scanner.Value<DictionaryToken>(catalog, "Outlines") is not { } root || !root.TryGet(NameToken.First, out IToken first))
        {
            return entries;
        }

        Dictionary<IndirectReference, int> pages = PageNumbers(catalog);
        HashSet<IndirectReference> seen = [];
        Stack<(IToken Token, int Level)> open = new();
        open.Push((first, 1));
        while (entries.Count < MostEntries && open.TryPop(out (IToken Token, int Level) at))
        {
            budget.Check();
            if (Tokens.Reference(at.Token) is not { } reference || !seen.Add(reference)
                || _scanner.Resolve(at.Token) is not DictionaryToken entry)
            {
                continue;
            }

            string? title = Tokens.Text(_scanner.Value<IToken>(entry, "Title"));
            if (!string.IsNullOrWhiteSpace(title))
            {
                entries.Add(new OutlineEntry(title.Trim(), at.Level, PageOf(entry, pages)));
            }

            if (entry.TryGet(NameToken.Next, out IToken next))
            {
                open.Push((next, at.Level));
            }

            if (at.Level < Deepest && entry.TryGet(NameToken.First, out IToken child))
            {
                open.Push((child, at.Level + 1));
            }
        }

        return entries;
    }

    // An explicit destination names its page; for a named one the page stays open.
    private int? PageOf(DictionaryToken entry, Dictionary<IndirectReference, int> pages)
    {
        IToken? destination = _scanner.Value<IToken>(entry, "Dest");
        if (destination is null && _scanner.Value<DictionaryToken>(entry, "A") is { } action)
        {
            destination = _scanner.Value<IToken>(action, "D");
        }

        return destination is ArrayToken { Length: > 0 } place && Tokens.Reference(place.Data[0]) is { } page
            && pages.TryGetValue(page, out int number)
                ? number
                : null;
    }

    // The pages in the order of their tree.
    private Dictionary<IndirectReference, int> PageNumbers(DictionaryToken catalog)
    {
        Dictionary<IndirectReference, int> numbers = [];
        HashSet<IndirectReference> seen = [];
        Stack<IToken> open = new();
        if (catalog.TryGet(NameToken.Pages, out IToken root))
        {
            open.Push(root);
        }

        int number = 0;
        while (open.TryPop(out IToken? token))
        {
            budget.Check();
            if (Tokens.Reference(token) is not { } reference || _scanner.Resolve(token) is not DictionaryToken node)
            {
                continue;
            }

            if (_scanner.Value<ArrayToken>(node, "Kids") is not { } kids)
            {
                numbers.TryAdd(reference, ++number);
            }
            else if (seen.Add(reference))
            {
                foreach (IToken kid in kids.Data.Reverse())
                {
                    open.Push(kid);
                }
            }
        }

        return numbers;
    }
}
