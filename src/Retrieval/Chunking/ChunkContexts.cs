using LlmPlatform.Retrieval.Documents;

namespace LlmPlatform.Retrieval.Chunking;

/// <summary>
/// What stands above a chunk: the path of headings, and the header rows of a table that it begins within. A quarter of the
/// chunk's tokens at most for each; the nearest headings are kept.
/// </summary>
internal sealed class ChunkContexts
{
    private const string Separator = " > ";

    private readonly int _most;
    private readonly Dictionary<string, int> _tokens;
    private readonly Dictionary<DocumentBlock, string> _headers;

    private ChunkContexts(int most, Dictionary<string, int> tokens, Dictionary<DocumentBlock, string> headers)
    {
        _most = most;
        _tokens = tokens;
        _headers = headers;
    }

    public static async Task<ChunkContexts> CreateAsync(
        ParsedDocument document, int maxTokens, ITokenCounter counter, CancellationToken cancellationToken)
    {
        Dictionary<DocumentBlock, string> headers = new(ReferenceEqualityComparer.Instance);
        foreach (DocumentBlock block in document.Blocks.Where(block => block.Rows.Any(row => row.IsHeader)))
        {
            headers[block] = string.Join('\n', block.Rows.Where(row => row.IsHeader).Select(row => document.Text[row.Start..row.End].TrimEnd()));
        }

        string[] texts = [.. document.Blocks.SelectMany(block => block.Headings).Concat(headers.Values).Distinct()];
        IReadOnlyList<int> counts = texts.Length == 0 ? [] : await counter.CountAsync(texts, cancellationToken);
        Dictionary<string, int> tokens = new(texts.Select((text, i) => KeyValuePair.Create(text, counts[i])));
        return new ChunkContexts(maxTokens / 4, tokens, headers);
    }

    /// <summary>The context of a chunk that begins with a unit, and its tokens with the line end; as much as there is room for.</summary>
    public (string Text, int Tokens) Of(ChunkUnit first, int room)
    {
        string header = "";
        int headerTokens = 0;
        if (first.Block.Kind == BlockKind.Table && !first.IsHeader && first.Start > first.Block.Start
            && _headers.TryGetValue(first.Block, out string? rows) && _tokens[rows] + 1 <= Math.Min(_most, room))
        {
            header = rows;
            headerTokens = _tokens[rows] + 1;
        }

        IReadOnlyList<string> path = first.Block.Headings;
        int count = first.Block.Kind == BlockKind.Heading ? path.Count - 1 : path.Count;
        int tokens = 0;
        int from = count;
        while (from > 0 && tokens + _tokens[path[from - 1]] + 1 <= Math.Min(_most, room - headerTokens))
        {
            tokens += _tokens[path[--from]] + 1;
        }

        string headings = string.Join(Separator, path.Take(count).Skip(from));
        string context = headings.Length > 0 && header.Length > 0 ? $"{headings}\n{header}" : headings + header;
        return (context, tokens + headerTokens);
    }
}
