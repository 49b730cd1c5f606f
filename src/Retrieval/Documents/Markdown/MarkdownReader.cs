using Markdig;
using Markdig.Extensions.EmphasisExtras;
using Markdig.Extensions.Footnotes;
using Markdig.Extensions.Tables;
using Markdig.Extensions.Yaml;
using Markdig.Syntax;
using MarkdigCell = Markdig.Extensions.Tables.TableCell;
using MarkdigRow = Markdig.Extensions.Tables.TableRow;

namespace LlmPlatform.Retrieval.Documents.Markdown;

/// <summary>Reads a Markdown source into its blocks: CommonMark with tables, footnotes, task lists and front matter.</summary>
internal sealed class MarkdownReader
{
    private const int MostLevels = 100;

    private static readonly MarkdownPipeline Pipeline = CreatePipeline();

    private readonly List<MarkdownItem> _items = [];
    private readonly string _source;
    private readonly CancellationToken _cancellationToken;
    private int? _containerStart;

    private MarkdownReader(string source, CancellationToken cancellationToken) =>
        (_source, _cancellationToken) = (source, cancellationToken);

    /// <summary>What the front matter says.</summary>
    public MarkdownFrontMatter FrontMatter { get; private set; } = MarkdownFrontMatter.None;

    /// <summary>The blocks, in the order of the source.</summary>
    public IReadOnlyList<MarkdownItem> Items => _items;

    /// <summary>Reads a source.</summary>
    /// <exception cref="DocumentException">It is nested too deep.</exception>
    public static MarkdownReader Read(string source, CancellationToken cancellationToken)
    {
        MarkdownReader reader = new(source, cancellationToken);
        reader.Add(Parse(source), new Place());

        // The parser puts footnotes behind everything else.
        reader._items.Sort((left, right) => left.Start.CompareTo(right.Start));
        return reader;
    }

    private static MarkdownDocument Parse(string source)
    {
        try
        {
            return Markdig.Markdown.Parse(source, Pipeline);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            // Markdig's words for nesting beyond MaximumNestingDepth.
            throw new DocumentException(
                DocumentErrors.LimitExceeded, $"Markdown that is nested more than {MostLevels} levels deep", error);
        }
    }

    private void Add(ContainerBlock container, Place place)
    {
        foreach (Block block in container)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            switch (block)
            {
                case YamlFrontMatterBlock frontMatter:
                    FrontMatter = MarkdownFrontMatter.Read(frontMatter.Lines);
                    break;
                case LinkReferenceDefinitionGroup definitions:
                    AddLonelyFootnotes(definitions);
                    break;
                case Footnote footnote:
                    _containerStart = NoteStart(footnote);
                    Add(footnote, place);
                    break;
                case ThematicBreakBlock or BlankLineBlock:
                    break;
                case HeadingBlock heading:
                    AddLeaf(BlockKind.Heading, heading, MarkdownInlines.HeadingText(heading.Inline), place, heading.Level);
                    break;
                case HtmlBlock html:
                    _items.Add(new MarkdownItem(BlockKind.Paragraph, html.Span.Start, html.Span.End + 1, html.Lines.ToString()) { IsHtml = true });
                    break;
                case CodeBlock code:
                    AddLeaf(BlockKind.Code, code, code.Lines.ToString(), place);
                    break;
                case Table table:
                    AddTable(table);
                    break;
                case ListBlock list:
                    AddList(list, place);
                    break;
                case QuoteBlock quote:
                    _containerStart = quote.Span.Start;
                    Add(quote, place with { Kind = BlockKind.Quote });
                    break;
                case ContainerBlock nested:
                    Add(nested, place);
                    break;
                case LeafBlock leaf:
                    AddLeaf(place.Kind, leaf, MarkdownInlines.Text(leaf.Inline), place);
                    break;
            }
        }
    }

    private void AddList(ListBlock list, Place place)
    {
        foreach (Block item in list)
        {
            if (item is ListItemBlock listItem)
            {
                _containerStart = LineStart(listItem.Span.Start);
                Add(listItem, new Place(BlockKind.Item, place.Depth + 1, list.IsOrdered));
            }
        }
    }

    // The first block of an item or a quotation begins with its marker.
    private void AddLeaf(BlockKind kind, LeafBlock leaf, string text, Place place, int level = 0)
    {
        int start = kind == place.Kind ? _containerStart ?? leaf.Span.Start : leaf.Span.Start;
        _containerStart = null;
        int end = Math.Min(leaf.Span.End + 1, _source.Length);
        while (end > start && char.IsWhiteSpace(_source[end - 1]))
        {
            end--;
        }

        if (end > start && !string.IsNullOrWhiteSpace(text))
        {
            bool isItem = kind == BlockKind.Item;
            _items.Add(new MarkdownItem(kind, start, end, text)
            {
                Level = level,
                Depth = isItem ? place.Depth : 0,
                Ordered = isItem && place.Ordered,
            });
        }
    }

    private void AddTable(Table table)
    {
        List<MarkdownRow> rows = [];
        foreach (MarkdigRow row in table.OfType<MarkdigRow>())
        {
            List<MarkdownCell> cells = [];
            foreach (MarkdigCell cell in row.OfType<MarkdigCell>())
            {
                string text = string.Join(' ', cell.Descendants<LeafBlock>().Select(leaf => MarkdownInlines.Text(leaf.Inline)));
                int start = Math.Clamp(cell.Span.Start, row.Span.Start, row.Span.End + 1);
                cells.Add(new MarkdownCell(start, Math.Clamp(cell.Span.End + 1, start, row.Span.End + 1), text));
            }

            rows.Add(new MarkdownRow(row.Span.Start, row.Span.End + 1, cells, row.IsHeader));
        }

        _containerStart = null;
        _items.Add(new MarkdownItem(BlockKind.Table, table.Span.Start, table.Span.End + 1, "") { Rows = rows });
    }

    // Footnotes that nothing refers to are not in the tree, only in the list of definitions.
    private void AddLonelyFootnotes(LinkReferenceDefinitionGroup definitions)
    {
        foreach (Footnote footnote in definitions.OfType<FootnoteLinkReferenceDefinition>().Select(item => item.Footnote))
        {
            if (footnote.Parent is null)
            {
                _containerStart = NoteStart(footnote);
                Add(footnote, new Place());
            }
        }
    }

    // The parser counts a note's place from behind its label, which begins the line.
    private int NoteStart(Footnote footnote) => _source.AsSpan(0, footnote.Span.Start).LastIndexOf('\n') + 1;

    // An item's marker may stand behind spaces, or behind another item's marker.
    private int LineStart(int start)
    {
        int line = start;
        while (line > 0 && _source[line - 1] is ' ' or '\t')
        {
            line--;
        }

        return line == 0 || _source[line - 1] == '\n' ? line : start;
    }

    private static MarkdownPipeline CreatePipeline()
    {
        MarkdownPipelineBuilder builder = new() { PreciseSourceLocation = true, MaximumNestingDepth = MostLevels };
        return builder
            .UseYamlFrontMatter()
            .UsePipeTables()
            .UseFootnotes()
            .UseTaskLists()
            .UseEmphasisExtras(EmphasisExtraOptions.Strikethrough)
            .Build();
    }

    // Which kind a paragraph is where the walk stands; depth counts from 0 for the items of an outermost list.
    private sealed record Place(BlockKind Kind = BlockKind.Paragraph, int Depth = -1, bool Ordered = false);
}
