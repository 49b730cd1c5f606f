using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Tokenization.Scanner;
using UglyToad.PdfPig.Tokens;

namespace LlmPlatform.Retrieval.Documents.Pdf.Structure;

/// <summary>Reads values of dictionaries, through references, without following them in a circle.</summary>
internal static class Tokens
{
    // A reference to a reference is odd already.
    private const int MostReferences = 16;

    /// <summary>What a token stands for; null: nothing.</summary>
    public static IToken? Resolve(this IPdfTokenScanner scanner, IToken? token)
    {
        for (int i = 0; i < MostReferences; i++)
        {
            switch (token)
            {
                case IndirectReferenceToken reference:
                    token = scanner.Get(reference.Data);
                    break;
                case ObjectToken wrapped:
                    token = wrapped.Data;
                    break;
                case NullToken:
                    return null;
                default:
                    return token;
            }
        }

        return null;
    }

    /// <summary>A dictionary's value; null: it has none of this type.</summary>
    public static T? Value<T>(this IPdfTokenScanner scanner, DictionaryToken dictionary, string name)
        where T : class, IToken =>
        dictionary.TryGet(NameToken.Create(name), out IToken token) ? scanner.Resolve(token) as T : null;

    /// <summary>A string's text; null: it is no string.</summary>
    public static string? Text(IToken? token) => token switch
    {
        StringToken text => text.Data,
        HexToken hex => hex.Data,
        _ => null,
    };

    /// <summary>The reference that a token is; null: it stands for itself.</summary>
    public static IndirectReference? Reference(IToken token) => token is IndirectReferenceToken reference ? reference.Data : null;
}
