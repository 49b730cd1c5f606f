using LlmPlatform.Hub;
using LlmPlatform.Testing;
using LlmPlatform.Training.Data;
using LlmPlatform.Training.Tests.Data.Support;

namespace LlmPlatform.Training.Tests.Data;

public sealed class SftDataTests : IDisposable
{
    private const string TwoTurns =
        """{"messages":[{"role":"user","content":"안녕?"},{"role":"assistant","content":"네"},{"role":"user","content":"Hi?"},{"role":"assistant","content":" Yes"}]}""";

    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(SmallTokenizer.PlainTemplate)]
    [InlineData(SmallTokenizer.MarkedTemplate)]
    public void Only_the_assistants_turns_are_learnt_with_and_without_marks_in_the_template(string template) =>
        Assert.Equal("[네<|im_end|>][ Yes<|im_end|>]", SmallTokenizer.Learnt(One(TwoTurns, template)));

    [Theory]
    [InlineData(SmallTokenizer.PlainTemplate)]
    [InlineData(SmallTokenizer.MarkedTemplate)]
    public void A_turn_of_weight_0_is_read_but_not_learnt(string template)
    {
        string row = TwoTurns.Replace("\"네\"", "\"네\",\"weight\":0", StringComparison.Ordinal).Replace("\" Yes\"", "\" Yes\",\"weight\":1", StringComparison.Ordinal);
        SftExample example = One(row, template);
        Assert.Equal("[ Yes<|im_end|>]", SmallTokenizer.Learnt(example));
        Assert.Equal(One(TwoTurns, template).InputIds, example.InputIds);
    }

    [Fact]
    public void A_row_of_which_nothing_is_learnt_is_dropped()
    {
        string silent = """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b","weight":0}]}""";
        ExampleList<SftExample> rows = Read([TwoTurns, silent], SmallTokenizer.PlainTemplate, new SftOptions());
        Assert.Single(rows);
        Assert.Equal((2, 1), (rows.RowsRead, rows.RowsDropped));
    }

    [Fact]
    public void Data_of_which_nothing_is_learnt_is_an_error() => Assert.Contains(
        "max_length 4", Problem(TwoTurns, options: new SftOptions { MaxLength = 4 }), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"a","weight":0},{"role":"assistant","content":"b"}]}""", "weight")]
    [InlineData("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b","weight":0.5}]}""", "weight")]
    [InlineData("""{"messages":[{"role":"user","content":"a"}]}""", "assistant")]
    [InlineData("""{"messages":[{"role":"assistant","content":"a"}]}""", "generation")]
    [InlineData("""{"messages":[]}""", "messages")]
    [InlineData("""{"messages":"hello"}""", "messages")]
    [InlineData("""{"messages":[{"role":"user"},{"role":"assistant","content":"b"}]}""", "messages[0].content")]
    [InlineData("""{"messages":[{"content":"a"}]}""", "messages[0].role")]
    [InlineData("""{"messages":["a"]}""", "messages[0]")]
    [InlineData("""{"prompt":"a"}""", "prompt and completion")]
    [InlineData("""{"prompt":"a","completion":[{"role":"assistant","content":"b"}]}""", "of a kind")]
    [InlineData("""{"chosen":"a","rejected":"b"}""", "text")]
    [InlineData("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}],"tools":"["}""", "tools")]
    public void What_is_wrong_with_a_row_is_said(string row, string part) =>
        Assert.Contains(part, Problem(row), StringComparison.Ordinal);

    [Fact]
    public void Conversations_need_a_chat_template() =>
        Assert.Contains("no chat template", Problem(TwoTurns, template: null), StringComparison.Ordinal);

    [Fact]
    public void A_template_that_refuses_is_an_error_of_its_line() => Assert.Contains(
        "chat template does not take", Problem(TwoTurns, "{{ raise_exception('roles must alternate') }}"), StringComparison.Ordinal);

    [Fact]
    public void A_template_that_renders_beginnings_otherwise_is_said()
    {
        // Earlier turns lose their content once others follow.
        string template = "{% for m in messages %}<{{ m['role'] }}>{% if loop.last %}{{ m['content'] }}{% endif %}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}";
        Assert.Contains("generation", Problem(TwoTurns, template), StringComparison.Ordinal);
    }

    [Fact]
    public void Sharegpts_names_are_understood()
    {
        string row = """{"conversations":[{"from":"user","value":"a"},{"from":"assistant","value":"b"}]}""";
        Assert.Equal("[b<|im_end|>]", SmallTokenizer.Learnt(One(row)));
    }

    [Fact]
    public void Plain_completions_are_learnt_with_the_end_of_sequence()
    {
        Assert.Equal("[b<|im_end|>]", SmallTokenizer.Learnt(One("""{"prompt":"a","completion":"b"}""")));
        Assert.Equal("[b<|im_end|>]", SmallTokenizer.Learnt(One("""{"prompt":"a","completion":"b<|im_end|>"}""")));
        Assert.Equal("[ab<|im_end|>]", SmallTokenizer.Learnt(One("""{"prompt":"a","completion":"b"}""", options: new SftOptions { CompletionOnlyLoss = false })));
        Assert.Equal("[a<|im_end|>]", SmallTokenizer.Learnt(One("""{"text":"a"}""")));
    }

    [Fact]
    public void Packing_keeps_every_token_of_rows_that_fit()
    {
        Random random = new(3);
        for (int round = 0; round < 50; round++)
        {
            int next = 0;
            SftExample[] rows = [.. Enumerable.Range(0, random.Next(1, 60)).Select(_ =>
            {
                int[] ids = [.. Enumerable.Range(next, random.Next(0, 20))];
                next += ids.Length;
                return new SftExample(ids, ids);
            })];
            foreach (PackingStrategy strategy in Enum.GetValues<PackingStrategy>())
            {
                List<SftExample> packed = Packing.Pack(rows, 20, strategy);
                Assert.Equal(Enumerable.Range(0, next), packed.SelectMany(row => row.InputIds).Order());
                Assert.All(packed, row => Assert.InRange(row.InputIds.Length, 1, 20));
                Assert.All(packed, row => Assert.Equal(row.InputIds.Length, row.SequenceLengths?.Sum() ?? row.InputIds.Length));
            }
        }
    }

    [Fact]
    public void A_flat_batch_counts_no_label_at_the_start_of_a_sequence()
    {
        SftBatch batch = new SftCollator(0).Collate([new SftExample([1, 2, 3, 4, 5], [1, 2, 3, 4, 5], [2, 3])]);
        Assert.Equal([-100, 2, -100, 4, 5], batch.Labels);
        Assert.Equal([0, 1, 0, 1, 2], batch.PositionIds!);
        Assert.Equal([0, 2, 5], batch.SequenceStarts!);
        Assert.Equal((3, 5), (batch.CountedLabels, batch.Tokens));
    }

    [Fact]
    public void A_padded_batch_counts_no_label_at_the_start_of_a_row()
    {
        SftBatch batch = new SftCollator(0, padToMultipleOf: 4).Collate([new SftExample([1, 2, 3], [1, 2, 3]), new SftExample([4], [4])]);
        Assert.Equal((2, 4), (batch.Rows, batch.Length));
        Assert.Equal([1, 2, 3, 0, 4, 0, 0, 0], batch.InputIds);
        Assert.Equal([1, 2, 3, -100, 4, -100, -100, -100], batch.Labels);
        Assert.Equal((2, 4), (batch.CountedLabels, batch.Tokens));
    }

    [Fact]
    public void The_small_chat_model_of_the_reference_material_has_its_turns_found()
    {
        ModelFolder folder = ModelFolder.Open(SharedData.Require("models", "smollm2-135m-instruct"));
        DataTokenizer tokenizer = DataTokenizer.FromFolder(folder, TimeProvider.System);
        SftExample example = Assert.Single(SftData.Read(
            [_folder.Write("a", TwoTurns)], tokenizer, new SftOptions(), TestContext.Current.CancellationToken));
        int[] learnt = [.. example.Labels.Where(label => label != SftExample.Ignored)];
        Assert.Equal("네<|im_end|> Yes<|im_end|>", tokenizer.Tokenizer.Decode(learnt, skipSpecialTokens: false));
        Assert.Equal(tokenizer.PadId, tokenizer.Tokenizer.TokenToId("<|im_end|>"));
    }

    private SftExample One(string row, string? template = SmallTokenizer.PlainTemplate, SftOptions? options = null) =>
        Assert.Single(Read([row], template, options ?? new SftOptions()));

    private ExampleList<SftExample> Read(string[] rows, string? template, SftOptions options) =>
        SftData.Read([_folder.Write("a", rows)], SmallTokenizer.Create(template), options, TestContext.Current.CancellationToken);

    private string Problem(string row, string? template = SmallTokenizer.PlainTemplate, SftOptions? options = null)
    {
        LlmPlatform.TrainingContracts.Worker.WorkerDataError error =
            Assert.Single(DataFolder.Errors(() => Read([row], template, options ?? new SftOptions())));
        Assert.Equal(("a", 1L), (error.FileId, error.Line));
        return error.Message;
    }
}
