using System.Text.Json.Nodes;

namespace LlmPlatform.Platform.Tests.CommandLine;

/// <summary><c>llm eval retrieval</c>.</summary>
public sealed class EvaluationTests(PlatformFixture platform) : IDisposable
{
    private const int Failure = 1;

    private readonly string _folder = Directory.CreateTempSubdirectory("llmplatform-evaluation-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Questions_with_known_documents_are_measured()
    {
        string collection = $"evaluation-{Guid.NewGuid():N}";
        Directory.CreateDirectory(Path.Combine(_folder, "documents"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "documents", "cats.txt"), "고양이는 하루에 열네 시간을 잔다.");
        await File.WriteAllTextAsync(Path.Combine(_folder, "documents", "bread.txt"), "Bread is baked from wheat flour.");
        (await RunAsync("ingest", Path.Combine(_folder, "documents"), "--collection", collection, "--keyword-only")).Succeeded();

        // The second question's document is not the one that is found: half of them at the first place.
        string questions = await WriteAsync("questions.jsonl", """
            {"query": "고양이는 얼마나 자는가", "relevant": ["cats.txt"]}
            {"query": "wheat flour", "relevant": ["cats.txt"]}
            """);
        JsonNode result = (await RunAsync("eval", "retrieval", questions, "-c", collection, "--json")).Succeeded().Json;
        Assert.Equal(2, (int)result["questions"]!);
        JsonNode row = Assert.Single(result["results"]!.AsArray())!;
        Assert.Equal("keyword", (string?)row["mode"]);
        Assert.Equal([0.5, 0.5, 0.5, 0.5], new[] { "ndcg@10", "recall@5", "mrr@10", "hit@1" }.Select(name => (double)row[name]!));

        string beir = await WriteAsync("queries.jsonl", """
            {"_id": "q1", "text": "wheat flour"}
            {"_id": "q2", "text": "nobody judged this one"}
            """);
        string grades = await WriteAsync("qrels.tsv", "query-id\tcorpus-id\tscore\nq1\tbread.txt\t2\nq1\tcats.txt\t0\n");
        JsonNode graded = (await RunAsync("eval", "retrieval", beir, "--qrels", grades, "-c", collection, "--mode", "keyword", "--json")).Succeeded().Json;
        Assert.Equal((1, 1.0), ((int)graded["questions"]!, (double)graded["results"]![0]!["ndcg@10"]!));
        Assert.Contains("1.0000", (await RunAsync("eval", "retrieval", beir, "--qrels", grades, "-c", collection)).Succeeded().Output, StringComparison.Ordinal);
        (await RunAsync("collections", "delete", collection)).Succeeded();
    }

    [Theory]
    [InlineData("{\"query\": \"a\", \"relevant\": [\"b\"]}\nno json", "line 2")]
    [InlineData("{\"relevant\": [\"b\"]}", "expected \"query\"")]
    [InlineData("{\"query\": \"a\"}", "expected \"relevant\"")]
    [InlineData("{\"query\": \"a\", \"relevant\": []}", "no question with a relevant document")]
    public async Task What_is_wrong_with_a_line_is_said(string lines, string expected)
    {
        LlmResult result = await RunAsync("eval", "retrieval", await WriteAsync("questions.jsonl", lines), "-c", "docs");
        Assert.Equal(Failure, result.ExitCode);
        Assert.Contains(expected, result.Errors, StringComparison.Ordinal);
    }

    private async Task<string> WriteAsync(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        await File.WriteAllTextAsync(path, text);
        return path;
    }

    private Task<LlmResult> RunAsync(params string[] arguments) => Llm.RunAsync(platform.Platform.Grpc, arguments);
}
