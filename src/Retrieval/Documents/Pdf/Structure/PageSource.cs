using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Outline.Destinations;
using UglyToad.PdfPig.Tokens;

namespace LlmPlatform.Retrieval.Documents.Pdf.Structure;

/// <summary>A page before its content is read.</summary>
/// <param name="Dictionary">The page.</param>
/// <param name="Inherited">The resources of the nodes above it.</param>
internal sealed record PageSource(DictionaryToken Dictionary, IReadOnlyList<DictionaryToken> Inherited)
{
    /// <summary>Hands out pages as they are.</summary>
    internal sealed class Factory : IPageFactory<PageSource>
    {
        public PageSource Create(
            int number, DictionaryToken dictionary, PageTreeMembers pageTreeMembers, NamedDestinations namedDestinations) =>
            new(dictionary, [.. pageTreeMembers.ParentResources]);
    }
}
