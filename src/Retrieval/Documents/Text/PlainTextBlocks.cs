namespace LlmPlatform.Retrieval.Documents.Text;

/// <summary>Paragraphs of plain text: what stands between blank lines.</summary>
public static class PlainTextBlocks
{
    /// <summary>The paragraphs, with offsets into the text.</summary>
    /// <param name="text">Lines end in \n.</param>
    public static IReadOnlyList<DocumentBlock> Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<DocumentBlock> blocks = [];
        int start = -1;
        int end = 0;
        for (int line = 0; line < text.Length;)
        {
            int next = text.AsSpan(line).IndexOf('\n');
            int lineEnd = next < 0 ? text.Length : line + next;
            ReadOnlySpan<char> trimmed = text.AsSpan(line, lineEnd - line).Trim();
            if (trimmed.IsEmpty)
            {
                Add(blocks, start, end);
                start = -1;
            }
            else
            {
                int indent = lineEnd - line - text.AsSpan(line, lineEnd - line).TrimStart().Length;
                start = start < 0 ? line + indent : start;
                end = line + indent + trimmed.Length;
            }

            line = lineEnd + 1;
        }

        Add(blocks, start, end);
        return blocks;
    }

    private static void Add(List<DocumentBlock> blocks, int start, int end)
    {
        if (start >= 0)
        {
            blocks.Add(new DocumentBlock { Kind = BlockKind.Paragraph, Start = start, End = end });
        }
    }
}
