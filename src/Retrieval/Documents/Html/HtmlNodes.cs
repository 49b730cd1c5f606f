using AngleSharp.Dom;

namespace LlmPlatform.Retrieval.Documents.Html;

/// <summary>Goes through a tree of nodes in document order; pages may be nested tens of thousands deep.</summary>
internal static class HtmlNodes
{
    private const int CheckInterval = 1024;

    /// <param name="root">Where to begin.</param>
    /// <param name="limits">Holds the number of nodes.</param>
    /// <param name="enter">Is given each node; whether to go on to its children.</param>
    /// <param name="leave">Is given each node whose children were gone through.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    public static void Visit(
        INode root, DocumentLimits limits, Func<INode, bool> enter, Action<INode> leave, CancellationToken cancellationToken)
    {
        int count = 0;
        Stack<(INode Node, int Next)> open = new();
        if (enter(root))
        {
            open.Push((root, 0));
        }

        while (open.TryPop(out (INode Node, int Next) at))
        {
            if (at.Next == at.Node.ChildNodes.Length)
            {
                leave(at.Node);
                continue;
            }

            if (++count > limits.MaxParts)
            {
                throw new DocumentException(DocumentErrors.LimitExceeded, $"more than {limits.MaxParts} elements and texts");
            }

            if (count % CheckInterval == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            INode child = at.Node.ChildNodes[at.Next];
            open.Push((at.Node, at.Next + 1));
            if (enter(child))
            {
                open.Push((child, 0));
            }
        }
    }
}
