using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace LlmPlatform.Retrieval.Documents.Html;

/// <summary>Pieces of HTML that stand in other documents.</summary>
internal static class HtmlFragment
{
    private static readonly DocumentLimits Ordinary = new();

    /// <summary>Adds what a reader would see of a piece of HTML.</summary>
    public static void Add(string html, DocumentTextBuilder builder, DocumentLimits limits, CancellationToken cancellationToken)
    {
        using IHtmlDocument document = new HtmlParser().ParseDocument(HtmlGuard.Flatten(html, limits, cancellationToken));
        HtmlWalk.Add(document, builder, limits, cancellationToken);
    }

    /// <summary>What a reader would see of a piece of HTML.</summary>
    public static string Text(string html)
    {
        DocumentTextBuilder builder = new(Ordinary);
        Add(html, builder, Ordinary, CancellationToken.None);
        return builder.ToString();
    }
}
