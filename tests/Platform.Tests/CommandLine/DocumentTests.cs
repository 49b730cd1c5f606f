using System.Text.Json.Nodes;

namespace LlmPlatform.Platform.Tests.CommandLine;

/// <summary><c>llm ingest</c>, <c>search</c> and <c>ask</c> against a running platform.</summary>
public sealed class DocumentTests(PlatformFixture platform) : IDisposable
{
    private const int Failure = 1;

    private readonly string _folder = Directory.CreateTempSubdirectory("llmplatform-documents-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_folder_is_ingested_searched_asked_changed_and_deleted()
    {
        string collection = $"documents-{Guid.NewGuid():N}";
        Write("guide/cats.md", "# 고양이\n\n## 잠\n\n고양이는 하루에 열네 시간을 잔다.\n");
        Write("guide/bread.html", "<html><body><h1>Bread</h1><p>Bread is baked from wheat flour.</p></body></html>");
        JsonNode first = await IngestAsync("--keyword-only");
        Assert.Equal((2, 0), ((int)first["completed"]!, (int)first["unchanged"]!));
        Assert.Equal(["guide/bread.html", "guide/cats.md"], first["documents"]!.AsArray().Select(document => (string)document!["path"]!).Order(StringComparer.Ordinal));

        JsonNode found = (await RunAsync("search", "고양이는 얼마나 자는가", "--collection", collection, "--json")).Succeeded().Json;
        Assert.Equal("keyword", (string?)found["mode"]);
        JsonNode best = found["results"]![0]!;
        Assert.Equal("guide/cats.md", (string?)best["filename"]);
        Assert.Contains("잠", best["headings"]!.AsArray().Select(heading => (string)heading!));
        Assert.Contains("guide/cats.md", (await RunAsync("search", "고양이", "-c", collection)).Succeeded().Output, StringComparison.Ordinal);
        JsonNode filtered = (await RunAsync("search", "고양이", "-c", collection, "--where", "path=guide/bread.html", "--json")).Succeeded().Json;
        Assert.DoesNotContain(filtered["results"]!.AsArray(), result => (string?)result!["filename"] == "guide/cats.md");

        JsonNode answer = (await RunAsync("ask", "고양이는 하루에 몇 시간을 잔다고?", "--collection", collection, "--json")).Succeeded().Json;
        Assert.Equal("quoted", (string?)answer["outcome"]);
        Assert.All(answer["citations"]!.AsArray(), citation => Assert.Equal("guide/cats.md", (string?)citation!["filename"]));
        Assert.Contains(answer["citations"]!.AsArray(), citation => ((string)citation!["quote"]!).Contains("열네 시간", StringComparison.Ordinal));
        LlmResult text = (await RunAsync("ask", "고양이는 하루에 몇 시간을 잔다고?", "--collection", collection)).Succeeded();
        Assert.Contains("[1] guide/cats.md", text.Output, StringComparison.Ordinal);

        Write("guide/cats.md", "# 고양이\n\n## 잠\n\n고양이는 하루에 스무 시간을 잔다.\n");
        JsonNode second = await IngestAsync();
        Assert.Equal((1, 1), ((int)second["completed"]!, (int)second["unchanged"]!));
        JsonNode again = (await RunAsync("search", "고양이 잠", "-c", collection, "--json")).Succeeded().Json;
        Assert.Contains("스무", (string?)again["results"]![0]!["text"], StringComparison.Ordinal);
        Assert.DoesNotContain("열네", again.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }), StringComparison.Ordinal);

        Assert.True((bool)(await RunAsync("collections", "delete", collection, "--json")).Succeeded().Json["deleted"]!);
        Assert.Equal(Failure, (await RunAsync("search", "고양이", "-c", collection)).ExitCode);

        async Task<JsonNode> IngestAsync(params string[] more) =>
            (await RunAsync(["ingest", _folder, "--collection", collection, "--json", .. more])).Succeeded().Json;
    }

    [Fact]
    public async Task What_cannot_be_read_is_told_with_its_reason()
    {
        string collection = $"broken-{Guid.NewGuid():N}";
        Write("broken.pdf", "%PDF-1.7 and no more");
        Write("good.txt", "Tea is made of leaves.");
        LlmResult result = await RunAsync("ingest", _folder, "--collection", collection, "--keyword-only", "--json");

        Assert.Equal(Failure, result.ExitCode);
        Assert.Equal(1, (int)result.Json["completed"]!);
        JsonNode broken = Assert.Single(result.Json["documents"]!.AsArray(), document => (string?)document!["path"] == "broken.pdf")!;
        Assert.Equal("corrupt", (string?)broken["error"]!["code"]);
        (await RunAsync("collections", "delete", collection)).Succeeded();
    }

    private void Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private Task<LlmResult> RunAsync(params string[] arguments) => Llm.RunAsync(platform.Platform.Grpc, arguments);
}
