using FsCheck.Xunit;
using LlmPlatform.Retrieval.Chunking;
using LlmPlatform.Retrieval.Documents;

namespace LlmPlatform.Retrieval.Tests.Chunking;

/// <summary>What holds for every document, over random ones.</summary>
public class DocumentChunkerPropertyTests
{
    private static readonly string[] Words =
        ["the", "reader", "opens", "검색은", "문서를", "찾습니다", "3.5", "Dr. Kim", "여의도에서", "infrastructure", "a", "값", "e.g. this", "(see below)", "\"quoted. text\""];

    [Property(MaxTest = 300)]
    public void Chunks_keep_their_promises(int seed)
    {
        Random random = new(seed);
        ParsedDocument document = RandomDocument(random);
        ChunkingOptions options = new(random.Next(100, 300), random.Next(0, 50));
        IReadOnlyList<DocumentChunk> chunks = Split(document, options);
        Assert.Equal(chunks, Split(document, options), (left, right) => left! == right! with { Headings = left!.Headings });

        int covered = 0;
        List<ChunkUnit> units = ChunkUnits.Of(document);
        for (int i = 0; i < chunks.Count; i++)
        {
            DocumentChunk chunk = chunks[i];
            Assert.Equal(i, chunk.Number);
            Assert.Equal(document.Text[chunk.Start..chunk.End], chunk.Text);
            Assert.False(string.IsNullOrWhiteSpace(chunk.Text));

            // All text is covered, and the chunk brings something new.
            Assert.True(chunk.Start >= covered ? string.IsNullOrWhiteSpace(document.Text[covered..chunk.Start]) : chunk.End > covered);

            // The budget holds, and the number told is no less than what the counter would say.
            Assert.InRange(chunk.Tokens, 1, options.MaxTokens);
            Assert.True(EstimatedTokenCounter.Count(chunk.IndexText) <= chunk.Tokens);

            // What is repeated is short and begins with a sentence.
            if (chunk.Start < covered)
            {
                Assert.True(chunk.Start > chunks[i - 1].Start);
                Assert.True(EstimatedTokenCounter.Count(document.Text.AsSpan(chunk.Start, covered - chunk.Start)) <= options.OverlapTokens);
                Assert.Contains(units, unit => unit.Start == chunk.Start && unit.Kind == ChunkUnitKind.Sentence);
            }

            // Units that fit are not cut; headings are not left behind.
            foreach (ChunkUnit unit in units.Where(unit => unit.Start < chunk.End && unit.End > chunk.End))
            {
                Assert.True(EstimatedTokenCounter.Count(document.Text.AsSpan(unit.Start, unit.End - unit.Start)) > options.MaxTokens / 2);
            }

            // (Of many headings in a row, only those that take a quarter of a chunk stay together.)
            int last = units.FindIndex(unit => unit.End == chunk.End);
            if (last >= 0 && last + 1 < units.Count && units[last].Kind == ChunkUnitKind.Heading && units[last + 1].Kind != ChunkUnitKind.Heading)
            {
                Assert.True(EstimatedTokenCounter.Count(document.Text.AsSpan(units[last].Start, units[last].End - units[last].Start)) >= options.MaxTokens / 4);
            }

            covered = Math.Max(covered, chunk.End);
        }

        Assert.True(string.IsNullOrWhiteSpace(document.Text[covered..]));
    }

    private static IReadOnlyList<DocumentChunk> Split(ParsedDocument document, ChunkingOptions options) =>
        DocumentChunker.SplitAsync(document, options, new EstimatedTokenCounter(), CancellationToken.None).GetAwaiter().GetResult();

    private static ParsedDocument RandomDocument(Random random)
    {
        DocumentTextBuilder builder = new(new DocumentLimits());
        for (int i = random.Next(25); i > 0; i--)
        {
            switch (random.Next(7))
            {
                case 0 or 1:
                    builder.AddHeading(random.Next(1, 4), Sentence(random, 4));
                    break;
                case 2:
                    builder.AddTable(Enumerable.Range(0, random.Next(1, 40)).Select(row => (
                        (IReadOnlyList<(string, string?)>)[.. Enumerable.Range(0, 3).Select(_ => (Sentence(random, 3), (string?)null))], row == 0)));
                    break;
                case 3:
                    builder.Add(BlockKind.Code, string.Join('\n', Enumerable.Range(0, random.Next(30)).Select(_ => "  " + Sentence(random, 8))));
                    break;
                case 4:
                    builder.Add(BlockKind.Item, Sentence(random, 20));
                    break;
                default:
                    int most = random.Next(10) == 0 ? 600 : 25;
                    builder.Add(BlockKind.Paragraph, string.Join(' ', Enumerable.Range(0, random.Next(1, 12)).Select(_ => Sentence(random, most) + (random.Next(8) == 0 ? ":" : "."))));
                    break;
            }
        }

        return DocumentChunkerTests.Document(builder);
    }

    private static string Sentence(Random random, int most) =>
        string.Join(' ', Enumerable.Range(0, random.Next(1, most + 1)).Select(_ => Words[random.Next(Words.Length)]));
}
