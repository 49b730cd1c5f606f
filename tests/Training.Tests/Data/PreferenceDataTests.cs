using System.Text.Json.Nodes;
using LlmPlatform.Training.Data;
using LlmPlatform.Training.Tests.Data.Support;

namespace LlmPlatform.Training.Tests.Data;

public sealed class PreferenceDataTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void OpenAIs_rows_and_trls_are_the_same_pairs()
    {
        PreferenceExample openAi = One(
            """{"input":{"messages":[{"role":"user","content":"q"}]},"preferred_output":[{"role":"assistant","content":"좋아"}],"non_preferred_output":[{"role":"assistant","content":"싫어"}]}""");
        PreferenceExample explicitPrompt = One(
            """{"prompt":[{"role":"user","content":"q"}],"chosen":[{"role":"assistant","content":"좋아"}],"rejected":[{"role":"assistant","content":"싫어"}]}""");
        PreferenceExample implicitPrompt = One(
            """{"chosen":[{"role":"user","content":"q"},{"role":"assistant","content":"좋아"}],"rejected":[{"role":"user","content":"q"},{"role":"assistant","content":"싫어"}]}""");
        foreach (PreferenceExample example in new[] { openAi, explicitPrompt, implicitPrompt })
        {
            Assert.Equal("<|im_start|>user\nq<|im_end|>\n<|im_start|>assistant\n", SmallTokenizer.Text(example.PromptIds));
            Assert.Equal("좋아<|im_end|>\n", SmallTokenizer.Text(example.ChosenIds));
            Assert.Equal("싫어<|im_end|>\n", SmallTokenizer.Text(example.RejectedIds));
        }
    }

    [Theory]
    [InlineData("""{"prompt":"q","chosen":"a","rejected":"a"}""", "equal")]
    [InlineData("""{"chosen":"a","rejected":"a"}""", "equal")]
    [InlineData("""{"prompt":"q","chosen":"a","rejected":"a<|im_end|>"}""", "same tokens")]
    [InlineData("""{"chosen":[{"role":"user","content":"q"}],"rejected":[{"content":"q","role":"user"}]}""", "equal")]
    [InlineData("""{"chosen":[{"role":"user","content":"q"}],"rejected":[{"role":"user","content":"r"}]}""", "prompt in common")]
    [InlineData("""{"prompt":"q","chosen":[{"role":"assistant","content":"a"}],"rejected":[{"role":"assistant","content":"b"}]}""", "of a kind")]
    [InlineData("""{"prompt":"q","chosen":"a"}""", "rejected: missing")]
    [InlineData("""{"preferred_output":[],"non_preferred_output":[]}""", "input")]
    [InlineData("""{"input":{"messages":[{"role":"user","content":"q"}]},"preferred_output":"a","non_preferred_output":"b"}""", "arrays")]
    [InlineData("""{"prompt":5,"chosen":"a","rejected":"b"}""", "prompt: a JSON number")]
    public void What_is_wrong_with_a_row_is_said_with_its_line(string row, string part)
    {
        LlmPlatform.TrainingContracts.Worker.WorkerDataError error = Assert.Single(
            DataFolder.Errors(() => Read(new PreferenceOptions(), """{"prompt":"q","chosen":"a","rejected":"b"}""", row)));
        Assert.Equal(2, error.Line);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_prompt_that_leaves_no_room_is_dropped()
    {
        string longer = """{"prompt":"qqqqq","chosen":"a","rejected":"b"}""";
        string shorter = """{"prompt":"q","chosen":"a","rejected":"b"}""";
        ExampleList<PreferenceExample> rows = Read(new PreferenceOptions { MaxLength = 5 }, longer, shorter);
        Assert.Equal((1, 2, 1), (rows.Count, rows.RowsRead, rows.RowsDropped));
        Assert.Equal(2, Read(new PreferenceOptions { MaxLength = 5, TruncationMode = TruncationMode.KeepEnd }, longer, shorter).Count);
        Assert.Contains(
            "max_length 1", Assert.Single(DataFolder.Errors(() => Read(new PreferenceOptions { MaxLength = 1 }, longer, shorter))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_prompt_is_never_cut_within_a_character()
    {
        // Two characters outside the first plane that begin with the same half.
        PreferencePair pair = PreferencePair.ExtractPrompt(new RowText("a\U0001F600", null), new RowText("a\U0001F601", null));
        Assert.Equal("a", pair.Prompt.Text);
        PreferencePair same = PreferencePair.ExtractPrompt(new RowText("a\U0001F600", null), new RowText("a\U0001F600b", null));
        Assert.Equal(("a", "\U0001F600", "\U0001F600b"), (same.Prompt.Text, same.Chosen.Text, same.Rejected.Text));
    }

    [Fact]
    public void Prompt_and_answers_put_together_are_what_was_there()
    {
        Random random = new(11);
        for (int round = 0; round < 500; round++)
        {
            string chosen = Word(random);
            string rejected = Word(random);
            PreferencePair pair = PreferencePair.ExtractPrompt(new RowText(chosen, null), new RowText(rejected, null));
            Assert.Equal(chosen, pair.Prompt.Text + pair.Chosen.Text);
            Assert.Equal(rejected, pair.Prompt.Text + pair.Rejected.Text);
            Assert.NotEqual(0, pair.Chosen.Text!.Length);
        }

        static string Word(Random random) => string.Concat(Enumerable.Range(0, random.Next(1, 8)).Select(_ => random.Next(4) switch { 0 => " ", 1 => "b", 2 => "\U0001F600", _ => "가" }));
    }

    [Fact]
    public void Batches_hold_the_better_answers_above_the_worse()
    {
        PreferenceBatch batch = new PreferenceCollator(0, new PreferenceOptions { MaxLength = 3 }).Collate(
            [new PreferenceExample([1], [2, 3, 4], [5]), new PreferenceExample([6, 7], [8], [9])]);
        Assert.Equal((2, 3), (batch.Pairs, batch.Length));
        Assert.Equal([1, 2, 3, 6, 7, 8, 1, 5, 0, 6, 7, 9], batch.InputIds);
        Assert.Equal([0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 0, 1], batch.CompletionMask);
        Assert.Equal([1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1], batch.AttentionMask);
    }

    [Fact]
    public void Tools_reach_the_template()
    {
        string template = "{{ tools | tojson }}" + SmallTokenizer.PlainTemplate;
        string row = """{"input":{"messages":[{"role":"user","content":"q"}],"tools":[{"type":"function"}]},"preferred_output":[{"role":"assistant","content":"a"}],"non_preferred_output":[{"role":"assistant","content":"b"}]}""";
        PreferenceExample example = PreferenceData.Encode(JsonNode.Parse(row)!.AsObject(), SmallTokenizer.Create(template));
        Assert.StartsWith("""[{"type": "function"}]""", SmallTokenizer.Text(example.PromptIds), StringComparison.Ordinal);
    }

    private PreferenceExample One(string row) => Assert.Single(Read(new PreferenceOptions(), row));

    private ExampleList<PreferenceExample> Read(PreferenceOptions options, params string[] rows) =>
        PreferenceData.Read([_folder.Write("a", rows)], SmallTokenizer.Create(), options, TestContext.Current.CancellationToken);
}
