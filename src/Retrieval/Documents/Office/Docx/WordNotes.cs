using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using LlmPlatform.Retrieval.Documents.Office.Packages;

namespace LlmPlatform.Retrieval.Documents.Office.Docx;

/// <summary>Footnotes and endnotes, each given out once, where the text first refers to it.</summary>
internal sealed class WordNotes
{
    private readonly Dictionary<(string Kind, string Id), OpenXmlElement> _notes = [];

    /// <summary>Reads the notes of a document.</summary>
    public WordNotes(MainDocumentPart document, CancellationToken cancellationToken)
    {
        Read(document.FootnotesPart, "footnote", cancellationToken);
        Read(document.EndnotesPart, "endnote", cancellationToken);
    }

    /// <summary>Takes the note that a w:footnoteReference or w:endnoteReference means; null: there is none, or it was taken.</summary>
    public OpenXmlElement? Take(OpenXmlElement reference)
    {
        string kind = reference.LocalName == "footnoteReference" ? "footnote" : "endnote";
        return reference.Attribute("id") is { } id && _notes.Remove((kind, id), out OpenXmlElement? note) ? note : null;
    }

    private void Read(OpenXmlPart? part, string kind, CancellationToken cancellationToken)
    {
        if (part is null)
        {
            return;
        }

        using OpenXmlReader reader = OpenXmlReader.Create(part);
        while (reader.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();

            // Those with a type are lines that part notes from the text.
            if (reader.IsStartElement
                && reader.LocalName == kind
                && reader.LoadCurrentElement() is { } note
                && note.Attribute("id") is { } id
                && note.Attribute("type") is null or "normal")
            {
                _notes.TryAdd((kind, id), note);
            }
        }
    }
}
