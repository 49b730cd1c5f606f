using LlmPlatform.Retrieval.Chunking;
using LlmPlatform.Retrieval.Documents;

namespace LlmPlatform.Retrieval.Tests.Chunking;

public class DocumentChunkerTests
{
    private static readonly string Filler = string.Join(' ', Enumerable.Range(1, 8).Select(i => $"Sentence {i} says something."));

    [Fact]
    public async Task A_short_document_is_one_chunk()
    {
        DocumentTextBuilder builder = new(new DocumentLimits());
        builder.AddHeading(1, "Guide");
        builder.Add(BlockKind.Paragraph, "One sentence. Another one.");
        DocumentChunk chunk = Assert.Single(await SplitAsync(builder));
        Assert.Equal("Guide\n\nOne sentence. Another one.", chunk.Text);
        Assert.Equal("", chunk.Context);
        Assert.Equal(["Guide"], chunk.Headings);
    }

    [Fact]
    public async Task Sections_begin_chunks_and_their_headings_are_the_context()
    {
        DocumentTextBuilder builder = new(new DocumentLimits());
        builder.AddHeading(1, "Guide");
        builder.AddHeading(2, "Install");
        builder.Add(BlockKind.Paragraph, Filler);
        builder.AddHeading(2, "Use");
        builder.Add(BlockKind.Paragraph, Filler + " " + Filler);
        IReadOnlyList<DocumentChunk> chunks = await SplitAsync(builder);
        Assert.StartsWith("Guide\n\nInstall\n\nSentence 1", chunks[0].Text, StringComparison.Ordinal);
        Assert.Equal(["Guide", "Install"], chunks[0].Headings);
        Assert.StartsWith("Use\n\n", chunks[1].Text, StringComparison.Ordinal);
        Assert.Equal("Guide", chunks[1].Context);
        Assert.Equal("Guide > Use", chunks[2].Context);
        Assert.Equal(["Guide", "Use"], chunks[2].Headings);
        Assert.True(chunks[2].Start < chunks[1].End, "no overlap within a section");
    }

    [Fact]
    public async Task Small_sections_share_a_chunk()
    {
        DocumentTextBuilder builder = new(new DocumentLimits());
        builder.AddHeading(1, "Terms");
        for (int i = 0; i < 3; i++)
        {
            builder.AddHeading(2, $"Term {i}");
            builder.Add(BlockKind.Paragraph, "It is short.");
        }

        Assert.Single(await SplitAsync(builder));
    }

    [Fact]
    public async Task A_long_table_repeats_its_header_row()
    {
        DocumentTextBuilder builder = new(new DocumentLimits());
        builder.Add(BlockKind.Paragraph, "Prices follow here.");
        builder.AddTable(Enumerable.Range(0, 60).Select(i => ((IReadOnlyList<(string, string?)>)
            (i == 0 ? [("Name", null), ("Price", null)] : [($"thing {i}", null), ($"{i}", null)]), i == 0)));
        IReadOnlyList<DocumentChunk> chunks = await SplitAsync(builder);
        Assert.True(chunks.Count > 3);
        Assert.All(chunks.Skip(1), chunk => Assert.Equal("Name\tPrice", chunk.Context));
        Assert.All(chunks.Skip(1), chunk => Assert.StartsWith("thing ", chunk.Text, StringComparison.Ordinal));
        Assert.All(chunks.Zip(chunks.Skip(1)), pair => Assert.Equal(pair.First.End + 1, pair.Second.Start));
    }

    [Fact]
    public async Task Code_is_cut_between_lines_and_keeps_its_indentation()
    {
        DocumentTextBuilder builder = new(new DocumentLimits());
        builder.Add(BlockKind.Code, string.Join('\n', Enumerable.Range(0, 60).Select(i => $"    call({i});")));
        IReadOnlyList<DocumentChunk> chunks = await SplitAsync(builder);
        Assert.True(chunks.Count > 2);
        Assert.All(chunks, chunk => Assert.StartsWith("    call(", chunk.Text, StringComparison.Ordinal));
        Assert.All(chunks, chunk => Assert.EndsWith(";", chunk.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_list_stays_with_what_announces_it()
    {
        DocumentTextBuilder builder = new(new DocumentLimits());
        builder.Add(BlockKind.Paragraph, string.Join(' ', Enumerable.Range(1, 15).Select(i => $"Sentence {i} says it.")));
        builder.Add(BlockKind.Paragraph, "Things to check:");
        builder.Add(BlockKind.Item, "the number of rows in the file, and whether it is the number that was promised by those who sent it");
        IReadOnlyList<DocumentChunk> chunks = await SplitAsync(builder);
        Assert.All(chunks, chunk => Assert.False(chunk.Text.EndsWith(':')));
    }

    [Fact]
    public async Task An_endless_word_is_cut()
    {
        DocumentTextBuilder builder = new(new DocumentLimits());
        builder.Add(BlockKind.Paragraph, new string('가', 5000));
        IReadOnlyList<DocumentChunk> chunks = await SplitAsync(builder);
        Assert.All(chunks, chunk => Assert.InRange(chunk.Tokens, 1, 100));
        Assert.Equal(5000, chunks.Sum(chunk => chunk.Text.Length));
    }

    [Fact]
    public async Task The_counter_is_called_a_few_times_only()
    {
        DocumentTextBuilder builder = new(new DocumentLimits());
        for (int i = 0; i < 200; i++)
        {
            builder.AddHeading(2, $"Part {i}");
            builder.Add(BlockKind.Paragraph, Filler);
        }

        CountingCounter counter = new();
        Assert.True((await SplitAsync(builder, counter)).Count > 100);
        Assert.InRange(counter.Calls, 1, 3);
    }

    [Fact]
    public async Task Options_that_make_no_sense_are_named()
    {
        ParsedDocument document = Document(new DocumentTextBuilder(new DocumentLimits()));
        Assert.Empty(await DocumentChunker.SplitAsync(document, new ChunkingOptions(), new EstimatedTokenCounter(), TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => DocumentChunker.SplitAsync(document, new ChunkingOptions(MaxTokens: 0), new EstimatedTokenCounter(), TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => DocumentChunker.SplitAsync(document, new ChunkingOptions(OverlapTokens: -1), new EstimatedTokenCounter(), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("한국어", 3)]
    [InlineData("word", 1)]
    [InlineData("words, 12", 5)]
    public void Tokens_are_guessed(string text, int tokens) => Assert.Equal(tokens, EstimatedTokenCounter.Count(text));

    internal static ParsedDocument Document(DocumentTextBuilder builder) =>
        new() { Kind = DocumentKinds.Text, Text = builder.ToString(), Blocks = builder.Blocks };

    private static Task<IReadOnlyList<DocumentChunk>> SplitAsync(DocumentTextBuilder builder, ITokenCounter? counter = null) =>
        DocumentChunker.SplitAsync(
            Document(builder), new ChunkingOptions(100, 20), counter ?? new EstimatedTokenCounter(), TestContext.Current.CancellationToken);

    private sealed class CountingCounter : ITokenCounter
    {
        public int Calls { get; private set; }

        public ValueTask<IReadOnlyList<int>> CountAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken)
        {
            Calls++;
            return new EstimatedTokenCounter().CountAsync(texts, cancellationToken);
        }
    }
}
