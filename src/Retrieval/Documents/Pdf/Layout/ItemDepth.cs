namespace LlmPlatform.Retrieval.Documents.Pdf.Layout;

/// <summary>How deep an item is nested: by how far its marker is indented among the items around it.</summary>
internal sealed class ItemDepth
{
    private const double Step = 0.7;

    private readonly Stack<double> _starts = new();

    /// <summary>Another list begins.</summary>
    public void Reset() => _starts.Clear();

    /// <summary>The depth of an item that begins with this line, from 0.</summary>
    public int Of(TextLine line)
    {
        while (_starts.TryPeek(out double start) && line.Start < start - (Step * line.Size))
        {
            _starts.Pop();
        }

        if (!_starts.TryPeek(out double above) || line.Start > above + (Step * line.Size))
        {
            _starts.Push(line.Start);
        }

        return _starts.Count - 1;
    }
}
