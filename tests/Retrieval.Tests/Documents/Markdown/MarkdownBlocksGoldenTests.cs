using System.Text.Json;
using LlmPlatform.Retrieval.Documents;
using LlmPlatform.Retrieval.Documents.Markdown;
using LlmPlatform.Retrieval.Documents.Text;
using LlmPlatform.Testing;

namespace LlmPlatform.Retrieval.Tests.Documents.Markdown;

/// <summary>The blocks of <c>golden/retrieval/chunking.json</c>, found in its Markdown and plain documents.</summary>
[Trait("Category", "Golden")]
public sealed class MarkdownBlocksGoldenTests
{
    public static TheoryData<string> Names
    {
        get
        {
            string[] names = SharedData.TryFind("golden", "retrieval", "chunking.json") is { } path
                ? [.. Read(path).Select(document => document.GetProperty("name").GetString()!)]
                : ["none"];
            return [.. names];
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_source_has_the_blocks_that_were_marked_by_hand(string name)
    {
        JsonElement document = Read(SharedData.Require("golden", "retrieval", "chunking.json"))
            .Single(item => item.GetProperty("name").GetString() == name);
        GoldenCoverage.Count("retrieval/chunking blocks", skipped: false);
        string text = document.GetProperty("text").GetString()!;
        IReadOnlyList<DocumentBlock> blocks = document.GetProperty("format").GetString() == "markdown"
            ? MarkdownBlocks.Split(text)
            : PlainTextBlocks.Split(text);
        Assert.Equal(
            document.GetProperty("blocks").EnumerateArray().Select(Describe),
            blocks.Select(Describe));
    }

    private static JsonElement[] Read(string path) => JsonSerializer.Deserialize<JsonElement[]>(File.ReadAllBytes(path))!;

    private static string Describe(JsonElement block) => string.Join(
        ' ',
        block.GetProperty("kind").GetString(),
        block.GetProperty("start").GetInt32(),
        block.GetProperty("end").GetInt32(),
        block.TryGetProperty("depth", out JsonElement depth) ? depth.GetInt32() : 0,
        block.TryGetProperty("ordered", out JsonElement ordered) && ordered.GetBoolean(),
        string.Join(" > ", block.GetProperty("heading_path").EnumerateArray().Select(part => part.GetString())));

    private static string Describe(DocumentBlock block) => string.Join(
        ' ', block.Kind.ToString().ToLowerInvariant(), block.Start, block.End, block.Depth, block.Ordered, string.Join(" > ", block.Headings));
}
