using LlmPlatform.Retrieval.Documents;
using LlmPlatform.Retrieval.Documents.Markdown;

namespace LlmPlatform.Retrieval.Tests.Documents.Markdown;

public sealed class MarkdownParserTests
{
    [Fact]
    public void Markup_goes_and_structure_stays()
    {
        const string source = """
            ---
            title: 'It''s here'
            author: "R. \"R\" Dubois"
            ---

            Title *one* {#id}
            =====

            Some **bold**, `code`, a [link](https://example.invalid "t"), H<sub>2</sub>O<br>next
            line.\
            Hard <!-- comment --> break. <script>alert(1)</script>&amp; \*stars\*[^1]

            ## Two {/*two*/}

            1. first
               - [x] done

                 more of it
            2. second

            > quoted
            >
            > twice

            ```c
            # no heading
              indented
            ```

            | a | b |
            |---|---|
            | 1 | **2** |

            <div hidden>unseen</div>

            <p>seen <b>words</b></p>

            [^1]: The note.

            [ref]: https://example.invalid
            """;
        ParsedDocument document = DocumentText.Read("a.md", source.ReplaceLineEndings("\r\n"));
        Assert.Equal("It's here", document.Title);
        Assert.Equal("R. \"R\" Dubois", document.Author);
        Assert.Equal(
            [
                "h1 Title one",
                "paragraph Some bold, code, a link, H2O\nnext line.\nHard  break. & *stars*",
                "h2 Two",
                "ol0 first",
                "ul1 done",
                "ul1 more of it",
                "ol0 second",
                "quote quoted",
                "quote twice",
                "code # no heading\n  indented",
                "table a\tb\n1\t2",
                "paragraph seen words",
                "paragraph The note.",
            ],
            DocumentText.Lines(document));
        Assert.Equal(["Title one", "Two"], document.Blocks[^1].Headings);
        Assert.True(document.Blocks[10].Rows[0].IsHeader);
        Assert.False(document.Blocks[10].Rows[1].IsHeader);
    }

    [Fact]
    public void Without_front_matter_the_first_heading_is_the_title()
    {
        Assert.Equal("One", DocumentText.Read("a.md", "words\n\n## One\n\n# Two").Title);
        Assert.Null(DocumentText.Read("a.md", "words").Title);
    }

    [Fact]
    public void A_footnote_that_nothing_refers_to_is_kept() =>
        Assert.Contains("lonely", DocumentText.Read("a.md", "words\n\n[^1]: lonely note").Text, StringComparison.Ordinal);

    [Theory]
    [InlineData(">", 5000)]
    [InlineData("- ", 5000)]
    [InlineData("*a ", 20000)]
    [InlineData("[", 20000)]
    [InlineData("![", 20000)]
    [InlineData("<b>", 20000)]
    public void What_nests_too_deep_is_refused_or_read_but_does_no_harm(string mark, int count)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes("words\n\n" + string.Concat(Enumerable.Repeat(mark, count)) + "x");
        Exception? error = Record.Exception(() => DocumentText.Read("a.md", bytes));
        Assert.True(error is null or DocumentException { Code: DocumentErrors.LimitExceeded }, error?.ToString());
    }

    [Fact]
    public void Blocks_of_the_source_hold_their_markup()
    {
        const string source = "Title\n-----\n\n* one\n  * two\n\n> a\n> b\n\n    code\n\n<!-- c -->\n\n<p>html</p>\n\n[^1]: note\n\nSee[^1].\n";
        Assert.Equal(
            ["Title\n-----", "* one", "  * two", "> a\n> b", "    code", "<p>html</p>", "[^1]: note", "See[^1]."],
            MarkdownBlocks.Split(source).Select(block => source[block.Start..block.End]));
    }

    [Fact]
    public void Cells_of_the_source_are_known()
    {
        const string source = "| a | b |\n|---|:-:|\n| 1 | **2** |\n";
        DocumentBlock table = Assert.Single(MarkdownBlocks.Split(source));
        Assert.Equal("| a | b |\n|---|:-:|\n| 1 | **2** |", source[table.Start..table.End]);
        Assert.Equal(
            ["a", "b", "1", "**2**"],
            table.Rows.SelectMany(row => row.Cells).Select(cell => source[cell.Start..cell.End].Trim(' ', '|')));
        Assert.Equal([true, false], table.Rows.Select(row => row.IsHeader));
    }
}
