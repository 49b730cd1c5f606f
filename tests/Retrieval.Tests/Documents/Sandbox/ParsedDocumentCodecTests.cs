using LlmPlatform.Retrieval.Documents;
using LlmPlatform.Retrieval.Documents.Sandbox;

namespace LlmPlatform.Retrieval.Tests.Documents.Sandbox;

/// <summary>What children answer: nothing is lost, and nothing is trusted.</summary>
public sealed class ParsedDocumentCodecTests
{
    private static readonly DocumentLimits Limits = new() { MaxTextLength = 10_000, MaxParts = 100 };

    [Fact]
    public void Everything_comes_back()
    {
        ParsedDocument document = Sample();
        ParsedDocument copy = ParsedDocumentCodec.Read(Write(document), Limits);
        Assert.Equivalent(document, copy, strict: true);
        Assert.Equal("\ud800 alone", copy.Text[^7..]);
    }

    [Fact]
    public void An_answer_that_is_cut_off_or_changed_is_refused_or_still_in_order()
    {
        byte[] bytes = Write(Sample());
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => ParsedDocumentCodec.Read(bytes[..length], Limits));
        }

        Random random = new(5);
        int refused = 0;
        for (int round = 0; round < 20_000; round++)
        {
            byte[] changed = [.. bytes];
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            }

            try
            {
                ParsedDocument document = ParsedDocumentCodec.Read(changed, Limits);
                int end = 0;
                foreach (DocumentBlock block in document.Blocks)
                {
                    Assert.InRange(block.Start, end, document.Text.Length);
                    Assert.InRange(block.End, block.Start, document.Text.Length);
                    end = block.End;
                }
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1000, 20_000);
    }

    [Fact]
    public void More_parts_than_allowed_are_refused()
    {
        TableCell cell = new(0, 0);
        ParsedDocument document = Sample() with
        {
            Blocks =
            [
                new DocumentBlock
                {
                    Kind = BlockKind.Table,
                    Start = 0,
                    End = 5,
                    Rows = [.. Enumerable.Repeat(new TableRow(0, 0, [cell, cell, cell]), 60)],
                },
            ],
        };
        InvalidDataException exception =
            Assert.Throws<InvalidDataException>(() => ParsedDocumentCodec.Read(Write(document), Limits));
        Assert.Contains("more than 100 rows or cells", exception.Message, StringComparison.Ordinal);
    }

    private static byte[] Write(ParsedDocument document)
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        ParsedDocumentCodec.Write(writer, document);
        return stream.ToArray();
    }

    private static ParsedDocument Sample() => new()
    {
        Kind = DocumentKinds.Xlsx,
        Text = "Title\n\none\ttwo\n1\t2\n\n이어지는 글\n\n\ud800 alone",
        Title = "Title",
        Charset = "utf-8",
        PageCount = 3,
        Warnings = ["one byte was replaced"],
        Blocks =
        [
            new DocumentBlock { Kind = BlockKind.Heading, Start = 0, End = 5, Level = 1, Headings = ["Title"], Page = 1 },
            new DocumentBlock
            {
                Kind = BlockKind.Table,
                Start = 7,
                End = 18,
                Headings = ["Title"],
                Sheet = "Sheet1",
                Rows =
                [
                    new TableRow(7, 14, [new TableCell(7, 10, "A1"), new TableCell(11, 14, "B1")], IsHeader: true),
                    new TableRow(15, 18, [new TableCell(15, 16), new TableCell(17, 18)]),
                ],
            },
            new DocumentBlock { Kind = BlockKind.Item, Start = 20, End = 26, Depth = 2, Ordered = true, Sheet = "Sheet1" },
        ],
    };
}
