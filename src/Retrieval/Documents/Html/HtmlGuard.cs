namespace LlmPlatform.Retrieval.Documents.Html;

/// <summary>Counts what a page would make of the tree's builder before it is given to it.</summary>
internal static class HtmlGuard
{
    /// <summary>Refuses pages of more tags than the limit of parts.</summary>
    /// <exception cref="DocumentException">There are more.</exception>
    public static void Require(string html, DocumentLimits limits, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (html.AsSpan().Count('<') is int tags && tags > limits.MaxParts)
        {
            throw new DocumentException(DocumentErrors.LimitExceeded, $"{tags} tags; at most {limits.MaxParts} are read");
        }
    }
}
