using System.Text;
using LlmPlatform.Retrieval.Chunking;
using LlmPlatform.Retrieval.Documents;

namespace LlmPlatform.RetrievalService.Tests.Support;

/// <summary>Reads plain text; what begins with <c>corrupt</c> is damaged. Paragraphs are chunks.</summary>
internal sealed class FakeReader : IDocumentReader
{
    private const string Gap = "\n\n";

    public int Reads;

    public Task<ParsedDocument> ReadAsync(string tenant, DocumentSource source, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref Reads);
        string text = Encoding.UTF8.GetString(source.Bytes.Span);
        return text.StartsWith("corrupt", StringComparison.Ordinal)
            ? throw new DocumentException(DocumentErrors.Corrupt, "the file is damaged")
            : Task.FromResult(new ParsedDocument { Kind = DocumentKinds.Text, Text = text, Blocks = [], Title = "Title" });
    }

    public static ValueTask<IReadOnlyList<DocumentChunk>> ChunkAsync(
        ParsedDocument document, ChunkingOptions options, ITokenCounter counter, CancellationToken cancellationToken)
    {
        List<DocumentChunk> chunks = [];
        int start = 0;
        foreach (string paragraph in document.Text.Split(Gap))
        {
            if (paragraph.Length > 0)
            {
                chunks.Add(new DocumentChunk
                {
                    Number = chunks.Count,
                    Start = start,
                    End = start + paragraph.Length,
                    Text = paragraph,
                    Tokens = paragraph.Count(c => c == ' ') + 1,
                });
            }

            start += paragraph.Length + Gap.Length;
        }

        return new ValueTask<IReadOnlyList<DocumentChunk>>(chunks);
    }
}
