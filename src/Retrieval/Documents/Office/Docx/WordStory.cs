using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using LlmPlatform.Retrieval.Documents.Office.Packages;

namespace LlmPlatform.Retrieval.Documents.Office.Docx;

/// <summary>
/// The body of a Word document, block by block in its order. What hangs on a paragraph (text boxes, notes) comes behind it.
/// Only one paragraph or one row of a table is in memory at a time.
/// </summary>
internal sealed class WordStory(
    MainDocumentPart document, WordStyles styles, WordNumbering numbering, DocumentTextBuilder builder, CancellationToken cancellationToken)
{
    private readonly WordNotes _notes = new(document, cancellationToken);
    private readonly Queue<OpenXmlElement> _notesToAdd = new();
    private readonly List<string> _code = [];
    private WordText _text = new(styles);

    /// <summary>The first title, else the first heading of level 1.</summary>
    public string? Title { get; private set; }

    /// <summary>Reads the whole body.</summary>
    public void Read()
    {
        using OpenXmlReader reader = OpenXmlReader.Create(document);
        while (reader.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!reader.IsStartElement)
            {
                continue;
            }

            switch (reader.LocalName)
            {
                // Read on into what is only an envelope; tracked insertions and moves count.
                case "document" or "body" or "sdt" or "sdtContent" or "customXml" or "smartTag" or "ins" or "moveTo":
                    break;
                case "tbl":
                    AddTable(Rows(reader));
                    AddNotes();
                    break;
                default:
                    if (reader.LoadCurrentElement() is { } element)
                    {
                        AddBlock(element);
                        AddNotes();
                    }

                    break;
            }
        }

        AddCode();
    }

    private static IEnumerable<OpenXmlElement> Rows(OpenXmlReader reader)
    {
        int depth = reader.Depth;
        while (reader.Read() && !(reader.IsEndElement && reader.Depth == depth))
        {
            if (reader.IsStartElement
                && reader.LocalName is not ("sdt" or "sdtContent" or "customXml" or "ins" or "moveTo")
                && reader.LoadCurrentElement() is { } element)
            {
                yield return element;
            }
        }
    }

    private void AddBlocks(OpenXmlElement parent)
    {
        foreach (OpenXmlElement child in parent.ChildElements)
        {
            AddBlock(child);
        }
    }

    private void AddBlock(OpenXmlElement element)
    {
        cancellationToken.ThrowIfCancellationRequested();
        switch (OfficeXml.Name(element))
        {
            case "w:p":
                AddParagraph(element);
                break;
            case "w:tbl":
                AddTable(WordTable.RowsOf(element));
                break;
            case "mc:AlternateContent":
                int before = builder.Length;
                foreach (OpenXmlElement branch in OfficeXml.Branches(element).TakeWhile(_ => builder.Length == before))
                {
                    AddBlocks(branch);
                }

                break;
            case "m:oMathPara" or "m:oMath":
                AddParagraph(element);
                break;
            case "w:del" or "w:moveFrom" or "w:sectPr" or "w:sdtPr":
                break;
            default:
                AddBlocks(element);
                break;
        }
    }

    private void AddParagraph(OpenXmlElement paragraph)
    {
        List<OpenXmlElement> attached = [];
        string text = _text.Read(paragraph, attached);
        OpenXmlElement? properties = paragraph.Child("w:pPr");
        int level = styles.HeadingLevel(properties);
        BlockKind kind = styles.Kind(properties);
        if (level == 0 && kind == BlockKind.Code)
        {
            // Lines of code are paragraphs: those that follow each other are one block.
            _code.Add(text);
            if (attached.Count > 0)
            {
                AddCode();
                AddAttached(attached);
            }

            return;
        }

        AddCode();
        if (level > 0)
        {
            text = text.ReplaceLineEndings(" ");
            builder.AddHeading(level, text);
            Title ??= level == 1 && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;
        }
        else if (styles.List(properties) is { } list)
        {
            builder.Add(BlockKind.Item, text, list.Depth, numbering.IsOrdered(list.List, list.Depth));
        }
        else
        {
            builder.Add(kind, text);
            Title ??= styles.IsTitle(properties) && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;
        }

        AddAttached(attached);
    }

    private void AddTable(IEnumerable<OpenXmlElement> rows)
    {
        AddCode();
        List<OpenXmlElement> attached = [];
        builder.AddTable(new WordTable(_text, attached, cancellationToken).Read(rows));
        AddAttached(attached);
    }

    private void AddAttached(List<OpenXmlElement> attached)
    {
        foreach (OpenXmlElement element in attached)
        {
            switch (OfficeXml.Name(element))
            {
                case "w:txbxContent":
                    AddStory(element);
                    break;
                case "c:chart":
                    GraphicText.AddChart(builder, document, element);
                    break;
                case "dgm:relIds":
                    GraphicText.AddDiagram(builder, document, element);
                    break;
                default:
                    if (_notes.Take(element) is { } note)
                    {
                        _notesToAdd.Enqueue(note);
                    }

                    break;
            }
        }
    }

    // Notes may refer to notes: one after the other, not within each other.
    private void AddNotes()
    {
        while (_notesToAdd.TryDequeue(out OpenXmlElement? note))
        {
            AddStory(note);
        }
    }

    private void AddCode()
    {
        if (_code.Count > 0)
        {
            builder.Add(BlockKind.Code, string.Join('\n', _code));
            _code.Clear();
        }
    }

    // Fields of a text box or note are its own.
    private void AddStory(OpenXmlElement story)
    {
        AddCode();
        WordText outer = _text;
        _text = new WordText(styles);
        AddBlocks(story);
        AddCode();
        _text = outer;
    }
}
