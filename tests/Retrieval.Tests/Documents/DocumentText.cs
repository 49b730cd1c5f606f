using System.Text;
using LlmPlatform.Retrieval.Documents;
using LlmPlatform.Retrieval.Documents.Detection;
using LlmPlatform.Retrieval.Tests.Documents.Golden;

namespace LlmPlatform.Retrieval.Tests.Documents;

/// <summary>Reads documents that tests write out, and checks what holds for all of them.</summary>
internal static class DocumentText
{
    public static ParsedDocument Read(string filename, string text) => Read(filename, Encoding.UTF8.GetBytes(text));

    public static ParsedDocument Read(string filename, byte[] bytes, DocumentLimits? limits = null)
    {
        ParsedDocument document = DocumentParsers.Parse(
            new DocumentSource(filename, bytes), limits ?? new DocumentLimits(), TestContext.Current.CancellationToken);
        List<string> failures = [];
        GoldenStructure.Check(document, failures);
        Assert.Empty(failures);
        return document;
    }

    /// <summary>A line per block: kind, level of a heading or depth of an item, text.</summary>
    public static string[] Lines(ParsedDocument document) => [.. document.Blocks.Select(block => block.Kind switch
    {
        BlockKind.Heading => $"h{block.Level} {document.TextOf(block)}",
        BlockKind.Item => $"{(block.Ordered ? "ol" : "ul")}{block.Depth} {document.TextOf(block)}",
        _ => $"{block.Kind.ToString().ToLowerInvariant()} {document.TextOf(block)}",
    })];

    public static string ErrorOf(string filename, byte[] bytes, DocumentLimits? limits = null) =>
        Assert.Throws<DocumentException>(() => Read(filename, bytes, limits)).Code;
}
