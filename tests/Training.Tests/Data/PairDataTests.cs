using LlmPlatform.Training.Data;
using LlmPlatform.Training.Tests.Data.Support;

namespace LlmPlatform.Training.Tests.Data;

public sealed class PairDataTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"anchor":"a","positive":"b"}""", 0)]
    [InlineData("""{"query":"a","positive":"b","negative":"c"}""", 1)]
    [InlineData("""{"sentence1":"a","sentence2":"b","score":1.0}""", 0)]
    [InlineData("""{"anchor":"a","positive":"b","negative_1":"c","negative_2":"d"}""", 2)]
    [InlineData("""{"anchor":"a","positive":"b","negatives":["c","d","e"]}""", 3)]
    public void Every_form_is_read(string row, int negatives)
    {
        PairExample pair = Assert.Single(Read(new PairOptions(), row));
        Assert.Equal(("a", "b"), (SmallTokenizer.Text(pair.Anchor), SmallTokenizer.Text(pair.Positive)));
        string[] all = ["c", "d", "e"];
        Assert.Equal(all[..negatives], pair.Negatives.Select(ids => SmallTokenizer.Text(ids)));
    }

    [Theory]
    [InlineData("""{"anchor":"a"}""", "expected one")]
    [InlineData("""{"anchor":"a","positive":5}""", "positive: a JSON number")]
    [InlineData("""{"anchor":"a","positive":"b","negative":"b"}""", "equal")]
    [InlineData("""{"anchor":"a","positive":"b","negative":"c"}""", "as in the first row")]
    [InlineData("""{"sentence1":"a","sentence2":"b","score":0.3}""", "score")]
    [InlineData("""{"anchor":"a","positive":"b","negatives":"c"}""", "negatives")]
    [InlineData("""{"anchor":"a","positive":"b","negatives":[1]}""", "negatives")]
    public void What_is_wrong_with_a_row_is_said(string row, string part)
    {
        LlmPlatform.TrainingContracts.Worker.WorkerDataError error =
            Assert.Single(DataFolder.Errors(() => Read(new PairOptions(), """{"anchor":"x","positive":"y"}""", row)));
        Assert.Equal(2, error.Line);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Prompts_go_before_texts_and_columns_are_filled_up_by_themselves()
    {
        ExampleList<PairExample> pairs = Read(
            new PairOptions { AnchorPrompt = "q:", PositivePrompt = "p:", MaxLength = 5 },
            """{"anchor":"abcdef","positive":"b","negative":"c"}""",
            """{"anchor":"a","positive":"bb","negative":"c"}""");
        PairBatch batch = new PairCollator(padId: 0).Collate([.. pairs]);
        Assert.Equal((2, 5), (batch.Anchor.Rows, batch.Anchor.Length));
        Assert.Equal("q:abc", SmallTokenizer.Text(pairs[0].Anchor));
        Assert.Equal(4, batch.Positive.Length);
        Assert.Equal([1, 1, 1, 0, 1, 1, 1, 1], batch.Positive.AttentionMask);
        Assert.Equal(3, Assert.Single(batch.Negatives).Length);
    }

    private ExampleList<PairExample> Read(PairOptions options, params string[] rows) =>
        PairData.Read([_folder.Write("a", rows)], SmallTokenizer.Create(), options, TestContext.Current.CancellationToken);
}
