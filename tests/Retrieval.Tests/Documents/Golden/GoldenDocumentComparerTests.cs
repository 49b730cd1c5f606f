using System.Text.Json;
using LlmPlatform.Retrieval.Documents;

namespace LlmPlatform.Retrieval.Tests.Documents.Golden;

/// <summary>The comparer finds what is wrong: a comparison that cannot fail would prove nothing.</summary>
public sealed class GoldenDocumentComparerTests
{
    private static readonly GoldenDocumentCase Expected = JsonSerializer.Deserialize<GoldenDocumentCase>(
        """
        {"file": "html/a.html", "kind": "html", "outcome": "ok", "accept": [{"outcome": "ok"}, {"outcome": "error", "error": "corrupt"}],
         "title": "A title", "charset": "utf-8",
         "find": [{"text": "some words", "headings": ["One"], "once": true}, {"text": "nice to have", "optional": true}],
         "absent": [{"text": "unseen", "why": "hidden"}], "order": ["One", "some words"],
         "tables": [{"rows": [["a", "b"], ["1", "2"]]}]}
        """,
        JsonSerializerOptions.Web)!;

    [Fact]
    public void What_fits_has_no_failures() => Assert.Empty(GoldenDocumentComparer.Check(Expected, Document(), null));

    [Fact]
    public void What_does_not_fit_is_found()
    {
        Fails("title", Document() with { Title = "Another" });
        Fails("charset", Document() with { Charset = "cp949" });
        Fails("kind", Document() with { Kind = DocumentKinds.Text });
        Fails("text between blocks", Document() with { Blocks = [.. Document().Blocks.Skip(1)] });
        Fails("not found", Document(paragraph: "other words"));
        Fails("2 times", Document(paragraph: "some words, some words"));
        Fails("below", Document(heading: "Two"));
        Fails("must not come out", Document(paragraph: "some words unseen"));
        Fails("in the order", Document(heading: "Two"));
        Fails("no table", Document(cell: "3"));
    }

    [Fact]
    public void Errors_fit_where_they_are_accepted()
    {
        Assert.Empty(GoldenDocumentComparer.Check(Expected, null, new DocumentException(DocumentErrors.Corrupt, "broken")));
        Assert.Single(GoldenDocumentComparer.Check(Expected, null, new DocumentException(DocumentErrors.UnsupportedType, "unknown")));
        Assert.Single(GoldenDocumentComparer.Check(Expected with { Accept = [new AcceptedResult("error", "corrupt")] }, Document(), null));
        Assert.Single(GoldenDocumentComparer.Check(Expected with { Kind = "epub" }, Document(), null));
        Assert.Empty(GoldenDocumentComparer.Check(
            Expected with { Kind = "epub" }, null, new DocumentException(DocumentErrors.UnsupportedType, "unknown")));
    }

    [Fact]
    public void Texts_are_compared_composed_and_without_invisible_characters()
    {
        Assert.Equal("한글 é fi x y", GoldenText.Normalize(" \u1112\u1161\u11AB\u1100\u1173\u11AF\te\u0301\u00A0\uFB01\r\nx\u00AD \u200B y "));
        Assert.Equal("KX4821", GoldenText.WithoutHyphens("KX- 4821"));
    }

    private static void Fails(string words, ParsedDocument document) =>
        Assert.Contains(GoldenDocumentComparer.Check(Expected, document, null), failure => failure.Contains(words, StringComparison.Ordinal));

    private static ParsedDocument Document(string heading = "One", string paragraph = "some words", string cell = "2")
    {
        DocumentTextBuilder builder = new(new DocumentLimits());
        builder.AddHeading(1, heading);
        builder.Add(BlockKind.Paragraph, paragraph);
        builder.AddTable([([("a", null), ("b", null)], true), ([("1", null), (cell, null)], false)]);
        return new ParsedDocument
        {
            Kind = DocumentKinds.Html,
            Text = builder.ToString(),
            Blocks = builder.Blocks,
            Title = "A title",
            Charset = "utf-8",
        };
    }
}
