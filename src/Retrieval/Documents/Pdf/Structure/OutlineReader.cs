using LlmPlatform.Retrieval.Documents.Pdf.Layout;
using UglyToad.PdfPig;
using UglyToad.PdfPig.Outline;

namespace LlmPlatform.Retrieval.Documents.Pdf.Structure;

/// <summary>Reads a document's bookmarks.</summary>
internal static class OutlineReader
{
    private const int MostEntries = 100_000;

    /// <summary>The entries from the top down; none where the outline is damaged, with a warning.</summary>
    public static List<OutlineEntry> Read(PdfDocument document, ReadingBudget budget, List<string> warnings)
    {
        try
        {
            return document.TryGetBookmarks(out Bookmarks? bookmarks) && bookmarks is not null ? [.. Entries(bookmarks).Take(MostEntries)] : [];
        }
        catch (Exception e) when (e is not (DocumentException or OperationCanceledException or OutOfMemoryException))
        {
            budget.Check();
            warnings.Add("outline: it is damaged and was left out");
            return [];
        }
    }

    private static IEnumerable<OutlineEntry> Entries(Bookmarks bookmarks)
    {
        Stack<(BookmarkNode Node, int Level)> open = new(bookmarks.Roots.Reverse().Select(node => (node, 1)));
        while (open.TryPop(out (BookmarkNode Node, int Level) at))
        {
            if (!string.IsNullOrWhiteSpace(at.Node.Title))
            {
                yield return new OutlineEntry(at.Node.Title.Trim(), at.Level, PageOf(at.Node));
            }

            foreach (BookmarkNode child in at.Node.Children.Reverse())
            {
                open.Push((child, at.Level + 1));
            }
        }
    }

    private static int? PageOf(BookmarkNode node) => node is DocumentBookmarkNode { PageNumber: > 0 } inside ? inside.PageNumber : null;
}
