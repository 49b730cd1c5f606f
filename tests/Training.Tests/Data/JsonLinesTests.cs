using LlmPlatform.Training.Data;
using LlmPlatform.Training.Tests.Data.Support;
using LlmPlatform.TrainingContracts.Worker;

namespace LlmPlatform.Training.Tests.Data;

public sealed class JsonLinesTests : IDisposable
{
    private static readonly TextOptions Lines = new() { Form = TextForm.Lines, MaxLength = 64 };

    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_broken_line_17_is_called_17()
    {
        string[] lines = [.. Enumerable.Range(1, 20).Select(i => i == 17 ? "{\"text\": \"cut off" : $"{{\"text\": \"row {i}\"}}")];
        WorkerDataError error = Assert.Single(Errors(_folder.Write("file-1", lines)));
        Assert.Equal("file-1", error.FileId);
        Assert.Equal(17, error.Line);
        Assert.Contains("JSON", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("cut off", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_bad_line_of_every_file_is_told()
    {
        IReadOnlyList<WorkerDataError> errors = Errors(
            _folder.Write("a", "{\"text\": 5}", "{\"text\": \"fine\"}", "[]"),
            _folder.Write("b", "", "nothing", "{\"text\": \"fine\"}", "{}"));
        Assert.Equal([("a", 1), ("a", 3), ("b", 2), ("b", 4)], errors.Select(error => (error.FileId, error.Line)));
    }

    [Fact]
    public void No_more_than_a_hundred_bad_lines_are_told()
    {
        IReadOnlyList<WorkerDataError> errors = Errors(
            _folder.Write("a", [.. Enumerable.Repeat("{", 90)]), _folder.Write("b", [.. Enumerable.Repeat("{", 90)]));
        Assert.Equal(DataErrorException.MaxErrors, errors.Count);
        Assert.Equal(("b", 10L), (errors[^1].FileId, errors[^1].Line));
    }

    [Fact]
    public void Blank_lines_carriage_returns_and_a_byte_order_mark_are_no_rows()
    {
        byte[] bytes = [0xEF, 0xBB, 0xBF, .. "{\"text\": \"one\"}\r\n\r\n  \n{\"text\": \"둘\"}\r\n"u8];
        ExampleList<TextExample> texts = TextData.Read([_folder.WriteBytes("a", bytes)], SmallTokenizer.Create(), Lines, TestContext.Current.CancellationToken);
        Assert.Equal(["one", "둘"], texts.Select(text => SmallTokenizer.Text(text.InputIds)));
        Assert.Equal(2, texts.RowsRead);
    }

    [Theory]
    [InlineData("{\"text\": \"\\ud800\"}", "surrogate")]
    [InlineData("{\"text\": \"a\", \"text\": \"b\"}", "JSON")]
    [InlineData("{\"text\": \"a\"} {\"text\": \"b\"}", "JSON")]
    [InlineData("\"text\"", "string")]
    [InlineData("null", "null")]
    [InlineData("{\"text\": null}", "text: a JSON null")]
    public void What_is_no_row_is_said(string line, string part) =>
        Assert.Contains(part, Assert.Single(Errors(_folder.Write("a", line))).Message, StringComparison.Ordinal);

    [Fact]
    public void Bytes_that_are_not_utf8_are_told()
    {
        byte[] bytes = [.. "{\"text\": \""u8, 0xC3, 0x28, .. "\"}"u8];
        Assert.Contains("UTF-8", Assert.Single(Errors(_folder.WriteBytes("a", bytes))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_that_is_too_long_is_told_and_the_next_is_read()
    {
        byte[] bytes = [.. "{\"text\": \"one\"}\n"u8, .. Enumerable.Repeat((byte)'x', DataFiles.MaxLineLength + 1), .. "\n{}\n"u8];
        IReadOnlyList<WorkerDataError> errors = Errors(_folder.WriteBytes("a", bytes));
        Assert.Equal([2L, 3L], errors.Select(error => error.Line));
        Assert.Contains("longer than", errors[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_without_end_is_told() =>
        Assert.Contains("JSON", Assert.Single(Errors(_folder.Write("a", new string('[', 100_000)))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("\n\n \n")]
    public void Empty_data_is_told(string content) =>
        Assert.Contains("at least one row", Assert.Single(Errors(_folder.Write("a", content))).Message, StringComparison.Ordinal);

    [Fact]
    public void Lines_come_whole_whatever_their_lengths()
    {
        Random random = new(7);
        for (int round = 0; round < 20; round++)
        {
            string[] lines = [.. Enumerable.Range(0, 50).Select(_ => new string((char)random.Next('a', 'z'), random.Next(5) == 0 ? random.Next(70_000) : random.Next(5)))];
            using JsonLinesFile file = new(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n")), 1 << 20);
            for (int i = 0; i < lines.Length; i++)
            {
                DataLine line = Assert.NotNull(file.ReadLine());
                Assert.Equal(i + 1, line.Number);
                Assert.Equal(lines[i], System.Text.Encoding.UTF8.GetString(line.Bytes.Span));
            }

            Assert.Null(file.ReadLine());
        }
    }

    [Fact]
    public void The_hash_of_data_depends_on_the_files_and_their_order()
    {
        WorkerFile a = _folder.Write("a", "1");
        WorkerFile b = _folder.Write("b", "2");
        Assert.Equal(DataHash.Of([a, b]), DataHash.Of([a with { Id = "other" }, b]));
        Assert.NotEqual(DataHash.Of([a, b]), DataHash.Of([b, a]));
        Assert.Matches("^[0-9a-f]{64}$", DataHash.Of([a]));
        Assert.NotEqual(a.Sha256, DataHash.Of([a]));
    }

    private static IReadOnlyList<WorkerDataError> Errors(params WorkerFile[] files) =>
        DataFolder.Errors(() => TextData.Read(files, SmallTokenizer.Create(), Lines, TestContext.Current.CancellationToken));
}
