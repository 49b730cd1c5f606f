using UglyToad.PdfPig;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Tokenization.Scanner;
using UglyToad.PdfPig.Tokens;

namespace LlmPlatform.Retrieval.Documents.Pdf.Structure;

/// <summary>
/// What was filled into a form's fields for text and choices (ISO 32000-1, 12.7): it stands outside the pages' content.
/// </summary>
internal sealed class FormValues(PdfDocument document, ReadingBudget budget, DocumentLimits limits)
{
    private const int Depth = 64;

    private readonly IPdfTokenScanner _scanner = document.Structure.TokenScanner;
    private readonly Dictionary<IndirectReference, int> _pages = [];

    /// <summary>Remembers the fields that a page shows.</summary>
    public void AddPage(int number, DictionaryToken page)
    {
        if (_scanner.Value<ArrayToken>(page, "Annots") is not { } annotations)
        {
            return;
        }

        foreach (IToken annotation in annotations.Data)
        {
            if (Tokens.Reference(annotation) is { } reference && _pages.Count < limits.MaxParts)
            {
                _pages.TryAdd(reference, number);
            }
        }
    }

    /// <summary>The values, in the form's order, each with its page where that is known.</summary>
    public IEnumerable<(int? Page, string Value)> Read()
    {
        DictionaryToken catalog = document.Structure.Catalog.CatalogDictionary;
        if (_scanner.Value<DictionaryToken>(catalog, "AcroForm") is not { } form
            || _scanner.Value<ArrayToken>(form, "Fields") is not { } fields)
        {
            yield break;
        }

        HashSet<IndirectReference> seen = [];
        Stack<Field> open = new();
        Push(open, fields, new Field(NullToken.Instance, null, null, null, 0));
        while (open.TryPop(out Field? field))
        {
            budget.Check();
            if (Tokens.Reference(field.Token) is { } reference && !seen.Add(reference))
            {
                continue;
            }

            if (field.Depth > Depth || _scanner.Resolve(field.Token) is not DictionaryToken dictionary)
            {
                continue;
            }

            Field own = field with
            {
                Type = _scanner.Value<NameToken>(dictionary, "FT")?.Data ?? field.Type,
                Value = dictionary.TryGet(NameToken.Create("V"), out IToken value) ? value : field.Value,
                Options = _scanner.Value<ArrayToken>(dictionary, "Opt") ?? field.Options,
            };
            ArrayToken? kids = _scanner.Value<ArrayToken>(dictionary, "Kids");
            if (kids is not null && kids.Data.Any(IsField))
            {
                Push(open, kids, own);
                continue;
            }

            int? page = PageOf(field.Token, kids);
            foreach (string text in TextsOf(own))
            {
                yield return (page, text);
            }
        }
    }

    // The first one on top.
    private void Push(Stack<Field> open, ArrayToken tokens, Field parent)
    {
        if (open.Count + tokens.Length > limits.MaxParts)
        {
            budget.Exceed($"more than {limits.MaxParts} form fields");
        }

        for (int i = tokens.Length - 1; i >= 0; i--)
        {
            open.Push(parent with { Token = tokens.Data[i], Depth = parent.Depth + 1 });
        }
    }

    // A kid without a name is another place on a page where the same field is shown.
    private bool IsField(IToken kid) =>
        _scanner.Resolve(kid) is DictionaryToken dictionary && dictionary.ContainsKey(NameToken.Create("T"));

    private int? PageOf(IToken field, ArrayToken? widgets)
    {
        IEnumerable<IToken> places = widgets is null ? [field] : widgets.Data.Prepend(field);
        foreach (IToken place in places)
        {
            if (Tokens.Reference(place) is { } reference && _pages.TryGetValue(reference, out int page))
            {
                return page;
            }
        }

        return null;
    }

    private IEnumerable<string> TextsOf(Field field)
    {
        if (field.Type is not ("Tx" or "Ch"))
        {
            yield break;
        }

        IToken? value = _scanner.Resolve(field.Value);
        IEnumerable<IToken?> values = value is ArrayToken several ? several.Data.Select(_scanner.Resolve) : [value];
        foreach (IToken? one in values)
        {
            if (Tokens.Text(one) is { } text && !string.IsNullOrWhiteSpace(text))
            {
                yield return Shown(text, field.Options).ReplaceLineEndings("\n");
            }
        }
    }

    // An option may be shown by another text than it is stored with.
    private string Shown(string value, ArrayToken? options)
    {
        foreach (IToken option in options?.Data ?? [])
        {
            if (_scanner.Resolve(option) is ArrayToken { Length: 2 } pair && Tokens.Text(_scanner.Resolve(pair.Data[0])) == value)
            {
                return Tokens.Text(_scanner.Resolve(pair.Data[1])) ?? value;
            }
        }

        return value;
    }

    private sealed record Field(IToken Token, string? Type, IToken? Value, ArrayToken? Options, int Depth);
}
