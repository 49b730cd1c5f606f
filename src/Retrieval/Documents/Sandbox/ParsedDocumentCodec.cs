using System.Runtime.InteropServices;

namespace LlmPlatform.Retrieval.Documents.Sandbox;

/// <summary>
/// A parsed document as bytes: the text in UTF-16 as it is in memory (both ends are one machine), places as variable-length
/// numbers, a path of headings only where it changes. Reading trusts nothing: the writer may be in a stranger's hands.
/// </summary>
internal static class ParsedDocumentCodec
{
    private const int MaxNameLength = 64 << 10;
    private const int MaxWarnings = 1000;
    private const int MaxHeadings = 64;

    /// <summary>Bytes that a document takes at most.</summary>
    internal static long MaxLength(DocumentLimits limits) =>
        Math.Min(Array.MaxLength, (1L << 20) + (4L * limits.MaxTextLength) + (64L * limits.MaxParts));

    /// <summary>Writes a document.</summary>
    internal static void Write(BinaryWriter writer, ParsedDocument document)
    {
        WriteText(writer, document.Kind);
        WriteText(writer, document.Text);
        WriteOptional(writer, document.Title);
        WriteOptional(writer, document.Author);
        WriteOptional(writer, document.Charset);
        writer.Write7BitEncodedInt((document.PageCount ?? -1) + 1);
        WriteTexts(writer, document.Warnings.Count > MaxWarnings ? [.. document.Warnings.Take(MaxWarnings)] : document.Warnings);
        writer.Write7BitEncodedInt(document.Blocks.Count);
        IReadOnlyList<string> headings = [];
        string? sheet = null;
        foreach (DocumentBlock block in document.Blocks)
        {
            writer.Write((byte)block.Kind);
            writer.Write7BitEncodedInt(block.Start);
            writer.Write7BitEncodedInt(block.End - block.Start);
            writer.Write7BitEncodedInt(block.Level);
            writer.Write7BitEncodedInt(block.Depth);
            writer.Write(block.Ordered);
            writer.Write7BitEncodedInt((block.Page ?? -1) + 1);
            bool sameHeadings = block.Headings.SequenceEqual(headings);
            bool sameSheet = block.Sheet == sheet;
            writer.Write((byte)((sameHeadings ? 1 : 0) | (sameSheet ? 2 : 0)));
            if (!sameHeadings)
            {
                headings = block.Headings.Count > MaxHeadings ? [.. block.Headings.Take(MaxHeadings)] : block.Headings;
                WriteTexts(writer, headings);
            }

            if (!sameSheet)
            {
                WriteOptional(writer, sheet = block.Sheet);
            }

            WriteRows(writer, block);
        }
    }

    /// <summary>Reads a document.</summary>
    /// <exception cref="InvalidDataException">It is none, or its places do not fit its text.</exception>
    internal static ParsedDocument Read(byte[] payload, DocumentLimits limits)
    {
        try
        {
            using MemoryStream stream = new(payload);
            using BinaryReader reader = new(stream);
            return Read(reader, limits);
        }
        catch (Exception exception) when (exception is IOException or FormatException or OverflowException)
        {
            throw new InvalidDataException("an answer that cannot be read", exception);
        }
    }

    private static ParsedDocument Read(BinaryReader reader, DocumentLimits limits)
    {
        string kind = ReadText(reader, 16);
        string text = ReadText(reader, limits.MaxTextLength);
        string? title = ReadOptional(reader);
        string? author = ReadOptional(reader);
        string? charset = ReadOptional(reader);
        int? pages = ReadNumber(reader, int.MaxValue) is > 0 and int number ? number - 1 : null;
        IReadOnlyList<string> warnings = ReadTexts(reader, MaxWarnings);
        int count = ReadNumber(reader, limits.MaxParts);
        List<DocumentBlock> blocks = [];
        IReadOnlyList<string> headings = [];
        string? sheet = null;
        int parts = 0;
        for (int end = 0; blocks.Count < count; end = blocks[^1].End)
        {
            DocumentBlock block = ReadBlock(reader, end, text.Length, ref headings, ref sheet);
            blocks.Add(block with { Rows = ReadRows(reader, block, limits.MaxParts, ref parts) });
        }

        return reader.BaseStream.Position == reader.BaseStream.Length
            ? new ParsedDocument
            {
                Kind = kind,
                Text = text,
                Blocks = blocks,
                Title = title,
                Author = author,
                Charset = charset,
                PageCount = pages,
                Warnings = warnings,
            }
            : throw new InvalidDataException("bytes behind the answer");
    }

    private static DocumentBlock ReadBlock(
        BinaryReader reader, int least, int most, ref IReadOnlyList<string> headings, ref string? sheet)
    {
        BlockKind kind = (BlockKind)reader.ReadByte();
        if (!Enum.IsDefined(kind))
        {
            throw new InvalidDataException($"block of kind {(byte)kind}");
        }

        (int start, int end) = ReadPlace(reader, least, most);
        int level = ReadNumber(reader, int.MaxValue);
        int depth = ReadNumber(reader, int.MaxValue);
        bool ordered = reader.ReadBoolean();
        int? page = ReadNumber(reader, int.MaxValue) is > 0 and int number ? number - 1 : null;
        byte same = reader.ReadByte();
        headings = (same & 1) != 0 ? headings : ReadTexts(reader, MaxHeadings);
        sheet = (same & 2) != 0 ? sheet : ReadOptional(reader);
        return new DocumentBlock
        {
            Kind = kind,
            Start = start,
            End = end,
            Level = level,
            Depth = depth,
            Ordered = ordered,
            Page = page,
            Headings = headings,
            Sheet = sheet,
        };
    }

    private static void WriteRows(BinaryWriter writer, DocumentBlock block)
    {
        writer.Write7BitEncodedInt(block.Rows.Count);
        foreach (TableRow row in block.Rows)
        {
            writer.Write7BitEncodedInt(row.Start);
            writer.Write7BitEncodedInt(row.End - row.Start);
            writer.Write(row.IsHeader);
            writer.Write7BitEncodedInt(row.Cells.Count);
            foreach (TableCell cell in row.Cells)
            {
                writer.Write7BitEncodedInt(cell.Start);
                writer.Write7BitEncodedInt(cell.End - cell.Start);
                WriteOptional(writer, cell.Reference);
            }
        }
    }

    // All tables together have as many rows, and as many cells, as a document may have parts.
    private static List<TableRow> ReadRows(BinaryReader reader, DocumentBlock block, int maxParts, ref int parts)
    {
        int count = ReadNumber(reader, maxParts);
        List<TableRow> rows = [];
        for (int last = block.Start; rows.Count < count; last = rows[^1].End)
        {
            (int start, int end) = ReadPlace(reader, last, block.End);
            bool isHeader = reader.ReadBoolean();
            int cellCount = ReadNumber(reader, maxParts);
            List<TableCell> cells = [];
            for (int lastCell = start; cells.Count < cellCount; lastCell = cells[^1].End)
            {
                (int cellStart, int cellEnd) = ReadPlace(reader, lastCell, end);
                cells.Add(new TableCell(cellStart, cellEnd, ReadOptional(reader)));
            }

            rows.Add(new TableRow(start, end, cells, isHeader));
            parts += 1 + cellCount;
            if (parts > 2L * maxParts)
            {
                throw new InvalidDataException($"more than {maxParts} rows or cells");
            }
        }

        return rows;
    }

    private static (int Start, int End) ReadPlace(BinaryReader reader, int least, int most)
    {
        int start = ReadNumber(reader, most);
        int length = ReadNumber(reader, most - start);
        return start >= least ? (start, start + length) : throw new InvalidDataException($"place {start} before {least}");
    }

    private static int ReadNumber(BinaryReader reader, int most)
    {
        int number = reader.Read7BitEncodedInt();
        return number >= 0 && number <= most
            ? number
            : throw new InvalidDataException($"number {number}, expected 0 to {most}");
    }

    private static void WriteText(BinaryWriter writer, string text)
    {
        writer.Write7BitEncodedInt(text.Length);
        writer.Write(MemoryMarshal.AsBytes(text.AsSpan()));
    }

    private static string ReadText(BinaryReader reader, int maxLength)
    {
        int length = ReadNumber(reader, maxLength);
        if (2L * length > reader.BaseStream.Length - reader.BaseStream.Position)
        {
            throw new InvalidDataException($"a text of {length} characters is cut off");
        }

        return string.Create(length, reader, static (target, reader) =>
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(target)));
    }

    private static void WriteOptional(BinaryWriter writer, string? text)
    {
        writer.Write(text is not null);
        if (text is not null)
        {
            WriteText(writer, text.Length > MaxNameLength ? text[..MaxNameLength] : text);
        }
    }

    private static string? ReadOptional(BinaryReader reader) => reader.ReadBoolean() ? ReadText(reader, MaxNameLength) : null;

    private static void WriteTexts(BinaryWriter writer, IReadOnlyList<string> texts)
    {
        writer.Write7BitEncodedInt(texts.Count);
        foreach (string text in texts)
        {
            WriteText(writer, text.Length > MaxNameLength ? text[..MaxNameLength] : text);
        }
    }

    private static List<string> ReadTexts(BinaryReader reader, int maxCount)
    {
        int count = ReadNumber(reader, maxCount);
        List<string> texts = [];
        while (texts.Count < count)
        {
            texts.Add(ReadText(reader, MaxNameLength));
        }

        return texts;
    }
}
