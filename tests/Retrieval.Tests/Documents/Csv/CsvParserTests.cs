using LlmPlatform.Retrieval.Documents;

namespace LlmPlatform.Retrieval.Tests.Documents.Csv;

public sealed class CsvParserTests
{
    public static TheoryData<string, string[]> Files => new()
    {
        { "a,b\n1,2\n", ["a|b", "1|2"] },
        { "a;b;c\n1,5;2,5;3\n", ["a|b|c", "1,5|2,5|3"] },
        { "a\tb\n1,0\t2\n", ["a|b", "1,0|2"] },
        { "\"a\"|\"b\"\n\"1\"|\"2\"\n", ["a|b", "1|2"] },
        { "sep=;\r\na;b\r\n1;2", ["a|b", "1|2"] },
        { "a,b\n\"one, \"\"two\"\"\",\"line\nbreak\"\n", ["a|b", "one, \"two\"|line break"] },
        { "a,b\n\"x\"y,z\n", ["a|b", "xy|z"] },
        { "a,b\n1\n\n1,2,3\n,,\n", ["a|b", "1", "1|2|3"] },
        { "one column\nof words\n", ["one column", "of words"] },
        { "a,b\n1,\"open, and\n2,3\n", ["a|b", "1|\"open|and", "2|3"] },
        { "a,b\n5\" pipe,2\n", ["a|b", "5\" pipe|2"] },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void Rows_are_read(string text, string[] rows)
    {
        ParsedDocument document = DocumentText.Read("a.csv", text);
        DocumentBlock table = Assert.Single(document.Blocks);
        Assert.Equal(rows, table.Rows.Select(row => string.Join('|', row.Cells.Select(cell => document.Text[cell.Start..cell.End]))));
        Assert.Equal(text.Contains("open", StringComparison.Ordinal), document.Warnings.Count == 1);
    }

    [Theory]
    [InlineData("name,size\nx,1\n", true)]
    [InlineData("2024,1\n2025,2\n", false)]
    [InlineData("name,\nx,1\n", false)]
    public void The_first_row_is_the_head_where_each_field_is_a_name(string text, bool isHeader) =>
        Assert.Equal(isHeader, DocumentText.Read("a.csv", text).Blocks[0].Rows[0].IsHeader);

    [Fact]
    public void Fields_are_counted()
    {
        DocumentLimits limits = new() { MaxParts = 100 };
        Assert.Equal(DocumentErrors.LimitExceeded, DocumentText.ErrorOf("a.csv", System.Text.Encoding.UTF8.GetBytes(new string(',', 200) + "x"), limits));
        Assert.Equal(DocumentErrors.LimitExceeded, DocumentText.ErrorOf("a.csv", System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("a,b\n", 80))), limits));
    }
}
