using System.Diagnostics;
using System.Text;
using LlmPlatform.Retrieval.Documents;

namespace LlmPlatform.Retrieval.Tests.Documents.Html;

public sealed class HtmlDocumentParserTests
{
    [Fact]
    public void What_a_reader_does_not_see_is_dropped()
    {
        const string source = """
            <!doctype html><head><title> The  title </title><meta name=Author content="Someone"><style>a{}</style></head>
            <body><header>page header</header><nav>menu</nav><aside>beside</aside><!-- comment -->
            <p hidden>hidden</p><p style="color: red; DISPLAY : none !important">styled away</p><template>template</template>
            <main><header>header of the main part</header><p style="display:block">seen</p><footer>its footer</footer></main>
            <script>document.write("script")</script><svg><text>drawing</text></svg><footer>page footer</footer>
            """;
        ParsedDocument document = DocumentText.Read("a.html", source);
        Assert.Equal("The title", document.Title);
        Assert.Equal("Someone", document.Author);
        Assert.Equal(
            ["paragraph header of the main part", "paragraph seen", "paragraph its footer"], DocumentText.Lines(document));
    }

    [Fact]
    public void Blocks_part_words_and_inline_elements_do_not()
    {
        const string source = "<p>wo<wbr>rd <b>bo</b>ld soft&shy;hyphen a&nbsp;b<br>next &#150; <img alt=picture src=x>\n <i> x </i></p>text<div>div</div>"
            + "<pre>  keep\n   this</pre><blockquote>said<p>again</blockquote>";
        Assert.Equal(
            [
                "paragraph word bold softhyphen a b\nnext – picture x", "paragraph text", "paragraph div", "code   keep\n   this",
                "quote said", "quote again",
            ],
            DocumentText.Lines(DocumentText.Read("a.html", source)));
    }

    [Fact]
    public void Headings_lists_and_tables_keep_their_structure()
    {
        const string source = "<h1>One</h2><p>p<h3>Deep<div>er</div></h3><ol><li>a<ul><li>b<p>c</ul>d<li>e</ol><h2>Two</h2>"
            + "<table><caption>cap</caption><tr><th rowspan=2>r<th colspan=2>c</tr><tr><td>1<td>2<table><tr><td>in<td>ner</table></tr></table>"
            + "<table><tr><td>frame</table>";
        ParsedDocument document = DocumentText.Read("a.html", source);
        Assert.Equal(
            [
                "h1 One", "paragraph p", "h3 Deep er", "ol0 a", "ul1 b", "ul1 c", "ol0 d", "ol0 e", "h2 Two", "paragraph cap",
                "table r\tc\t\n\t1\t2 in ner", "paragraph frame",
            ],
            DocumentText.Lines(document));
        Assert.Equal(["One", "Two"], document.Blocks[^1].Headings);
        Assert.Equal([true, false], document.Blocks[10].Rows.Select(row => row.IsHeader));
    }

    [Fact]
    public void A_table_with_headings_only_lays_out_the_page() => Assert.Equal(
        ["h1 One", "paragraph left", "paragraph right"],
        DocumentText.Lines(DocumentText.Read("a.html", "<table><tr><td><h1>One</h1>left<td>right</table>")));

    [Fact]
    public void A_byte_order_mark_goes_before_the_declaration_and_the_declaration_before_a_guess()
    {
        byte[] korean = CodePagesEncodingProvider.Instance.GetEncoding(949)!.GetBytes("<!--<meta charset=utf-8>--><meta charset=\"EUC-KR\"><p>뷁");
        ParsedDocument document = DocumentText.Read("a.html", korean);
        Assert.Equal(("cp949", "뷁"), (document.Charset, document.Text));
        document = DocumentText.Read("a.html", [0xEF, 0xBB, 0xBF, .. "<meta charset=euc-kr><p>é"u8]);
        Assert.Equal(("utf-8", "é"), (document.Charset, document.Text));
        document = DocumentText.Read("a.html", [.. "<meta http-equiv=content-type content='text/html; charset=latin1'><p>"u8, 0x80, 0xE9]);
        Assert.Equal(("windows-1252", "€é"), (document.Charset, document.Text));
    }

    [Theory]
    [InlineData("<div>", 20_000)]
    [InlineData("<table><tr><td>", 5_000)]
    [InlineData("<b><p>", 10_000)]
    [InlineData("<a><div>", 5_000)]
    [InlineData("<ul><li>", 10_000)]
    [InlineData("<", 100_000)]
    [InlineData("<!--", 100_000)]
    [InlineData("<p a='", 50_000)]
    public void Pages_that_nest_deep_are_read_or_refused_in_time(string mark, int count)
    {
        byte[] bytes = Encoding.UTF8.GetBytes("<p>first</p>" + string.Concat(Enumerable.Repeat(mark, count)) + "last");
        Stopwatch watch = Stopwatch.StartNew();
        Exception? error = Record.Exception(() => DocumentText.Read("a.html", bytes));
        Assert.True(error is null or DocumentException { Code: DocumentErrors.LimitExceeded }, error?.ToString());
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{watch.Elapsed.TotalSeconds:0.0} s");
    }

    [Fact]
    public void Elements_beyond_the_deepest_level_give_their_text_only()
    {
        string source = string.Concat(Enumerable.Repeat("<div>", 1000)) + "<ul><li>deep</ul>" + string.Concat(Enumerable.Repeat("</div>", 1000))
            + "<ul><li>item</ul>";
        ParsedDocument document = DocumentText.Read("a.html", source);
        Assert.Equal(["ul0 deep", "ul0 item"], DocumentText.Lines(document));
        Assert.StartsWith("deep_nesting", Assert.Single(document.Warnings), StringComparison.Ordinal);
    }
}
