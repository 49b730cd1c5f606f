using AngleSharp.Dom;

namespace LlmPlatform.Retrieval.Documents.Html;

/// <summary>Walks over a page's nodes, without recursion, and adds its blocks.</summary>
internal sealed class HtmlWalk
{
    private readonly DocumentTextBuilder _builder;
    private readonly HashSet<IElement> _layoutTables;
    private readonly HtmlText _text = new();
    private readonly Stack<bool> _lists = new();
    private HtmlTable? _table;
    private int _tables;
    private int _items;
    private int _quotes;
    private int _articles;
    private int _keepsSpace;
    private int _headingLevel;

    private HtmlWalk(DocumentTextBuilder builder, HashSet<IElement> layoutTables) => (_builder, _layoutTables) = (builder, layoutTables);

    /// <summary>Adds what a reader would see of a page.</summary>
    public static void Add(IDocument document, DocumentTextBuilder builder, DocumentLimits limits, CancellationToken cancellationToken)
    {
        HtmlWalk walk = new(builder, HtmlLayoutTables.Find(document, limits, cancellationToken));
        HtmlNodes.Visit(document, limits, walk.Enter, walk.Leave, cancellationToken);
        walk.Flush();
    }

    // Whether to go on to the children.
    private bool Enter(INode node)
    {
        if (node is IText text)
        {
            _text.Append(text.Data, _keepsSpace > 0);
            return false;
        }

        if (node is not IElement element)
        {
            return node is IDocument;
        }

        if (HtmlElements.IsLeftOut(element, _articles > 0))
        {
            return false;
        }

        string name = element.LocalName;
        if (HtmlElements.IsBlock(name))
        {
            Boundary();
        }

        Open(element, name);
        return true;
    }

    private void Open(IElement element, string name)
    {
        _articles += name is "main" or "article" ? 1 : 0;
        _keepsSpace += HtmlElements.KeepsSpace(name) ? 1 : 0;
        _quotes += name == "blockquote" ? 1 : 0;
        switch (name)
        {
            case "br":
                _text.Break();
                break;
            case "img" when element.GetAttribute("alt") is { Length: > 0 } alternative:
                _text.Separate();
                _text.Append(alternative, keepsSpace: false);
                _text.Separate();
                break;
            case "ul" or "ol" or "dl" or "menu" or "dir":
                _lists.Push(name == "ol");
                break;
            case "li" or "dt" or "dd":
                _items++;
                break;
            case "table" when !_layoutTables.Contains(element):
                _tables++;
                _table ??= new HtmlTable();
                break;
            case "tr" when _tables == 1:
                _table!.BeginRow();
                break;
            case "td" or "th" when _tables == 1:
                _table!.BeginCell(element);
                break;
            default:
                _headingLevel = HtmlElements.HeadingLevel(name) is > 0 and int level && _tables == 0 ? level : _headingLevel;
                break;
        }
    }

    private void Leave(INode node)
    {
        if (node is not IElement element)
        {
            return;
        }

        string name = element.LocalName;
        if (_tables == 1 && name is "td" or "th")
        {
            _table!.EndCell(_text.Take().Trim());
        }
        else if (HtmlElements.HeadingLevel(name) is > 0 and int level && level == _headingLevel && _tables == 0)
        {
            _builder.AddHeading(level, _text.Take().ReplaceLineEndings(" "));
            _headingLevel = 0;
        }
        else if (HtmlElements.IsBlock(name))
        {
            Boundary();
        }

        Close(element, name);
    }

    private void Close(IElement element, string name)
    {
        _articles -= name is "main" or "article" ? 1 : 0;
        _keepsSpace -= HtmlElements.KeepsSpace(name) ? 1 : 0;
        _quotes -= name == "blockquote" ? 1 : 0;
        switch (name)
        {
            case "ul" or "ol" or "dl" or "menu" or "dir":
                _lists.Pop();
                break;
            case "li" or "dt" or "dd":
                _items--;
                break;
            case "table" when !_layoutTables.Contains(element):
                if (--_tables == 0)
                {
                    _table!.AddTo(_builder);
                    _table = null;
                }

                break;
            case "tr" when _tables == 1:
                _table!.EndRow();
                break;
        }
    }

    // Where a block begins or ends. Within headings and cells blocks only part words.
    private void Boundary()
    {
        if (_headingLevel > 0 || (_table is not null && _table.IsInCell))
        {
            _text.Separate();
        }
        else
        {
            Flush();
        }
    }

    private void Flush()
    {
        if (_text.Length == 0)
        {
            _text.Take();
            return;
        }

        BlockKind kind = _keepsSpace > 0 ? BlockKind.Code
            : _items > 0 ? BlockKind.Item
            : _quotes > 0 ? BlockKind.Quote
            : BlockKind.Paragraph;
        bool isItem = kind == BlockKind.Item;
        _builder.Add(kind, _text.Take(), isItem ? Math.Max(0, _lists.Count - 1) : 0, isItem && _lists.TryPeek(out bool ordered) && ordered);
    }
}
