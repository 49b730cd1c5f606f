using AngleSharp.Dom;

namespace LlmPlatform.Retrieval.Documents.Html;

/// <summary>Collects the rows of a table. Cells that a span covers are empty, so that columns stay below their heads.</summary>
internal sealed class HtmlTable
{
    private const int MostCoveredColumns = 100;

    private readonly List<(IReadOnlyList<(string Text, string? Reference)> Cells, bool IsHeader)> _rows = [];
    private readonly Dictionary<int, int> _covered = [];
    private List<(string Text, string? Reference)>? _row;
    private bool _allHeads;
    private IElement? _cell;

    public bool IsInCell => _cell is not null;

    public void BeginRow()
    {
        EndRow();
        _row = [];
        _allHeads = true;
    }

    public void BeginCell(IElement cell)
    {
        _cell = cell;
        _allHeads &= cell.LocalName == "th";
        if (_row is null)
        {
            BeginRow();
        }

        SkipCovered();
    }

    public void EndCell(string text)
    {
        if (_cell is null || _row is null)
        {
            return;
        }

        int columns = Span(_cell, "colspan");
        int rows = Span(_cell, "rowspan");
        for (int i = 0; i < columns; i++)
        {
            if (rows > 1)
            {
                _covered[_row.Count] = rows - 1;
            }

            _row.Add((i == 0 ? text : "", null));
        }

        _cell = null;
    }

    public void EndRow()
    {
        if (_row is { Count: > 0 })
        {
            SkipCovered();
            _rows.Add((_row, _allHeads));
        }

        _row = null;
    }

    /// <summary>Adds the table; one of a single cell is only a frame around a text.</summary>
    public void AddTo(DocumentTextBuilder builder)
    {
        EndRow();
        if (_rows.Count == 1 && _rows[0].Cells.Count == 1)
        {
            builder.Add(BlockKind.Paragraph, _rows[0].Cells[0].Text);
        }
        else
        {
            builder.AddTable(_rows);
        }
    }

    private void SkipCovered()
    {
        while (_row is not null && _covered.TryGetValue(_row.Count, out int rows) && rows > 0)
        {
            _covered[_row.Count] = rows - 1;
            _row.Add(("", null));
        }
    }

    private static int Span(IElement cell, string name) =>
        int.TryParse(cell.GetAttribute(name), out int span) ? Math.Clamp(span, 1, MostCoveredColumns) : 1;
}
