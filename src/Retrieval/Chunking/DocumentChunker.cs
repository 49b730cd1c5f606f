using LlmPlatform.Retrieval.Documents;

namespace LlmPlatform.Retrieval.Chunking;

/// <summary>
/// Cuts a document into chunks by its structure, under a budget of tokens. A chunk is one stretch of the document's text.
/// Sections begin chunks (small ones share one), sentences stay whole unless one alone is longer than a chunk, tables are
/// cut between rows, their header row in <see cref="DocumentChunk.Context"/>, code between lines, and a heading is never
/// the last of a chunk that others follow. Where a chunk ends within running text, the next repeats its last sentences.
/// </summary>
public static class DocumentChunker
{
    /// <summary>The fewest tokens that a chunk can be told to have.</summary>
    public const int LeastTokens = 16;

    /// <summary>
    /// The chunks, in order. Tokens are sums of the units' counts, one for each line end between them added, so that no
    /// chunk is counted twice; the counter is called once for all units, once for headings and header rows, and again only
    /// for pieces of units that are longer than a chunk.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The options ask for too few tokens or a negative overlap.</exception>
    public static async Task<IReadOnlyList<DocumentChunk>> SplitAsync(
        ParsedDocument document, ChunkingOptions options, ITokenCounter counter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(counter);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxTokens, LeastTokens);
        ArgumentOutOfRangeException.ThrowIfNegative(options.OverlapTokens);
        List<ChunkUnit> units = ChunkUnits.Of(document);
        units = await OversizedUnits.CountAsync(document.Text, units, options.MaxTokens, counter, cancellationToken);
        ChunkContexts contexts = await ChunkContexts.CreateAsync(document, options.MaxTokens, counter, cancellationToken);
        ChunkPlan plan = new(document.Text, units, contexts, options.MaxTokens, Math.Min(options.OverlapTokens, options.MaxTokens / 2));
        List<DocumentChunk> chunks = [];
        foreach (PlannedChunk planned in plan.Chunks())
        {
            cancellationToken.ThrowIfCancellationRequested();
            chunks.Add(Make(document.Text, units, planned, chunks.Count));
        }

        return chunks;
    }

    private static DocumentChunk Make(string text, List<ChunkUnit> units, PlannedChunk planned, int number)
    {
        ChunkUnit first = units[planned.First];
        int end = units[planned.End - 1].End;

        // The headings at its start are above its text.
        int body = planned.First;
        while (body + 1 < planned.End && units[body].Kind == ChunkUnitKind.Heading)
        {
            body++;
        }

        return new DocumentChunk
        {
            Number = number,
            Start = first.Start,
            End = end,
            Text = text[first.Start..end],
            Context = planned.Context,
            Headings = units[body].Block.Headings,
            Page = first.Block.Page,
            Sheet = first.Block.Sheet,
            Tokens = planned.Tokens,
        };
    }
}
