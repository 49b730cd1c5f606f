using AngleSharp.Dom;

namespace LlmPlatform.Retrieval.Documents.Html;

/// <summary>Finds tables that only lay out a page: those with headings in them. Their content is read as blocks.</summary>
internal static class HtmlLayoutTables
{
    public static HashSet<IElement> Find(IDocument document, DocumentLimits limits, CancellationToken cancellationToken)
    {
        HashSet<IElement> found = [];
        List<IElement> open = [];
        HtmlNodes.Visit(document, limits, Enter, Leave, cancellationToken);
        return found;

        bool Enter(INode node)
        {
            if (node is not IElement element)
            {
                return node is IDocument;
            }

            if (element.LocalName == "table")
            {
                open.Add(element);
            }
            else if (HtmlElements.HeadingLevel(element.LocalName) > 0)
            {
                // The tables around one that is known are known.
                for (int i = open.Count - 1; i >= 0 && found.Add(open[i]); i--)
                {
                }
            }

            return true;
        }

        void Leave(INode node)
        {
            if (node is IElement { LocalName: "table" })
            {
                open.RemoveAt(open.Count - 1);
            }
        }
    }
}
