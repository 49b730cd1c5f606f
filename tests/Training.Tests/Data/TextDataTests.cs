using LlmPlatform.Training.Data;
using LlmPlatform.Training.Tests.Data.Support;

namespace LlmPlatform.Training.Tests.Data;

public sealed class TextDataTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Blocks_run_over_texts_and_show_where_one_ends()
    {
        ExampleList<TextExample> blocks = Read(new TextOptions { Form = TextForm.Blocks, MaxLength = 4 }, "abc", "de", "", "fg");
        Assert.Equal(["abc<|im_end|>", "de<|im_end|>f"], blocks.Select(block => SmallTokenizer.Text(block.InputIds)));
        Assert.Equal((4, 1), (blocks.RowsRead, blocks.RowsDropped));
    }

    [Fact]
    public void Texts_shorter_than_a_block_are_one_shorter_block()
    {
        TextExample block = Assert.Single(Read(new TextOptions { Form = TextForm.Blocks, MaxLength = 64, AppendEos = false }, "abc", "de"));
        Assert.Equal("abcde", SmallTokenizer.Text(block.InputIds));
    }

    [Fact]
    public void Lines_are_cut_and_empty_ones_dropped()
    {
        ExampleList<TextExample> lines = Read(new TextOptions { Form = TextForm.Lines, MaxLength = 3 }, "abcdef", "", "g");
        Assert.Equal(["abc", "g"], lines.Select(line => SmallTokenizer.Text(line.InputIds)));
        Assert.Equal((3, 1), (lines.RowsRead, lines.RowsDropped));
    }

    [Fact]
    public void What_is_hidden_depends_on_seed_and_number_alone()
    {
        TextExample[] rows = [new([.. Enumerable.Range(10, 90)]), new([.. Enumerable.Range(20, 50)])];
        MaskedLmOptions options = MaskedLmOptions.For(SmallTokenizer.Create());
        MaskedLmBatch first = new MaskedLmCollator(options).Collate(rows, 5);
        MaskedLmCollator other = new(options);
        other.Collate(rows, 1);
        MaskedLmBatch again = other.Collate(rows, 5);
        Assert.Equal(first.InputIds, again.InputIds);
        Assert.Equal(first.Labels, again.Labels);
        Assert.NotEqual(first.Labels, other.Collate(rows, 6).Labels);
        Assert.NotEqual(first.Labels, new MaskedLmCollator(options with { Seed = 43 }).Collate(rows, 5).Labels);
        Assert.Null(first.TokenTypeIds);
    }

    [Fact]
    public void A_batch_is_never_without_a_label()
    {
        MaskedLmCollator collator = new(MaskedLmOptions.For(SmallTokenizer.Create()));
        for (int number = 0; number < 100; number++)
        {
            Assert.Contains(collator.Collate([new TextExample([50, 51])], number).Labels, label => label != SftExample.Ignored);
        }
    }

    [Fact]
    public void Special_tokens_and_padding_are_never_hidden()
    {
        DataTokenizer tokenizer = SmallTokenizer.Create();
        MaskedLmOptions options = MaskedLmOptions.For(tokenizer) with { MlmProbability = 1 };
        MaskedLmBatch batch = new MaskedLmCollator(options).Collate([new TextExample([258, 1, 259]), new TextExample([2])], 0);
        Assert.Equal([-100, 1, -100, 2, -100, -100], batch.Labels);
        Assert.Equal([1, 1, 1, 1, 0, 0], batch.AttentionMask);
        Assert.Equal((258, 259, 256, 256), (batch.InputIds[0], batch.InputIds[2], batch.InputIds[4], batch.InputIds[5]));
    }

    private ExampleList<TextExample> Read(TextOptions options, params string[] texts) => TextData.Read(
        [_folder.Write("a", [.. texts.Select(text => $$"""{"text":"{{text}}"}""")])], SmallTokenizer.Create(), options, TestContext.Current.CancellationToken);
}
