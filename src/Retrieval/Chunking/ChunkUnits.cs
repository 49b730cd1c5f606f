using LlmPlatform.Retrieval.Documents;

namespace LlmPlatform.Retrieval.Chunking;

/// <summary>Cuts blocks into units: sentences, rows, lines. Together they hold all of the text but white space.</summary>
internal static class ChunkUnits
{
    public static List<ChunkUnit> Of(ParsedDocument document)
    {
        List<ChunkUnit> units = [];
        foreach (DocumentBlock block in document.Blocks)
        {
            switch (block.Kind)
            {
                case BlockKind.Heading:
                    Add(units, document.Text, new ChunkUnit(ChunkUnitKind.Heading, block.Start, block.End, block) { Leads = true });
                    break;
                case BlockKind.Table when block.Rows.Count > 0:
                    AddRows(units, document.Text, block);
                    break;
                case BlockKind.Table:
                    AddLines(units, document.Text, block, ChunkUnitKind.Row);
                    break;
                case BlockKind.Code:
                    AddLines(units, document.Text, block, ChunkUnitKind.Line);
                    break;
                default:
                    AddSentences(units, document.Text, block);
                    break;
            }
        }

        return units;
    }

    private static void AddSentences(List<ChunkUnit> units, string text, DocumentBlock block)
    {
        foreach (TextSpan sentence in SentenceSplitter.Split(text.AsSpan(block.Start, block.End - block.Start)))
        {
            int end = block.Start + sentence.End;
            units.Add(new ChunkUnit(ChunkUnitKind.Sentence, block.Start + sentence.Start, end, block)
            {
                Leads = end == block.End && text[end - 1] is ':' or '：',
            });
        }
    }

    // What stands between rows (a line of dashes in Markdown) goes with the row before.
    private static void AddRows(List<ChunkUnit> units, string text, DocumentBlock block)
    {
        for (int i = 0; i < block.Rows.Count; i++)
        {
            int start = i == 0 ? block.Start : block.Rows[i].Start;
            int end = i + 1 == block.Rows.Count ? block.End : block.Rows[i + 1].Start;
            Add(units, text, new ChunkUnit(ChunkUnitKind.Row, start, end, block) { IsHeader = block.Rows[i].IsHeader });
        }
    }

    private static void AddLines(List<ChunkUnit> units, string text, DocumentBlock block, ChunkUnitKind kind)
    {
        for (int start = block.Start; start < block.End;)
        {
            int length = text.AsSpan(start, block.End - start).IndexOf('\n');
            int end = length < 0 ? block.End : start + length;
            Add(units, text, new ChunkUnit(kind, start, end, block));
            start = end + 1;
        }
    }

    // Without the white space behind it; blank ones are left out.
    private static void Add(List<ChunkUnit> units, string text, ChunkUnit unit)
    {
        int end = unit.Start + text.AsSpan(unit.Start, unit.End - unit.Start).TrimEnd().Length;
        if (end > unit.Start)
        {
            units.Add(unit with { End = end });
        }
    }
}
