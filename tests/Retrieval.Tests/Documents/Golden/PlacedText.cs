using System.Text;
using LlmPlatform.Retrieval.Documents;

namespace LlmPlatform.Retrieval.Tests.Documents.Golden;

/// <summary>A document's blocks as one text in the form in which texts are compared, with the block that each place is of.</summary>
internal sealed class PlacedText
{
    private readonly string _text;
    private readonly Func<string, string> _form;
    private readonly List<(int Start, DocumentBlock Block)> _blocks = [];

    /// <param name="document">What was read.</param>
    /// <param name="form">What is done to a normalised text before it is compared.</param>
    public PlacedText(ParsedDocument document, Func<string, string> form)
    {
        _form = form;
        StringBuilder text = new();
        foreach (DocumentBlock block in document.Blocks)
        {
            if (text.Length > 0)
            {
                text.Append(form(" x") is "x" ? "" : " ");
            }

            _blocks.Add((text.Length, block));
            text.Append(form(GoldenText.Normalize(document.TextOf(block).ToString())));
        }

        _text = text.ToString();
    }

    /// <summary>Where a text stands, and the block in which it begins.</summary>
    public IEnumerable<(int Start, DocumentBlock Block)> Find(string wanted)
    {
        string text = _form(GoldenText.Normalize(wanted));
        for (int at = _text.IndexOf(text, StringComparison.Ordinal); at >= 0 && text.Length > 0;
            at = _text.IndexOf(text, at + 1, StringComparison.Ordinal))
        {
            yield return (at, BlockAt(at));
        }
    }

    private DocumentBlock BlockAt(int place)
    {
        int low = 0;
        int high = _blocks.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = _blocks[middle].Start <= place ? (middle, high) : (low, middle - 1);
        }

        return _blocks[low].Block;
    }
}
