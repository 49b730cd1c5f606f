using System.Text.Json.Nodes;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.Gateway.Tests.Fakes;
using LlmPlatform.Platform.Tests.CommandLine;

namespace LlmPlatform.Gateway.Tests.CommandLine;

/// <summary><c>llm ingest</c>, <c>search</c>, <c>ask</c> and <c>collections</c> through the gateway to a fake service.</summary>
[Collection(GatewayCollection.Name)]
public sealed class DocumentCommandTests(GatewayHost host) : IDisposable
{
    private const int Failure = 1;
    private const int Usage = 2;

    private readonly string _folder = Directory.CreateTempSubdirectory("llm-documents-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Folders_are_ingested_and_what_is_unchanged_is_not_sent_again()
    {
        FakeRetrieval.Clear();
        Write("a.md", "one");
        Write("below/b.txt", "two");
        Write("below/c.exe", "three");
        Write(".hidden/d.txt", "four");

        JsonNode first = (await RunAsync("ingest", _folder, "--collection", "문서", "--keyword-only", "--json")).Succeeded().Json;
        Assert.True((bool)first["collection"]!["created"]!);
        Assert.Equal((2, 0, 0, 1, 4), ((int)first["completed"]!, (int)first["unchanged"]!, (int)first["queued"]!, (int)first["left_out"]!, (int)first["chunks"]!));
        Assert.Equal(["a.md", "below/b.txt"], first["documents"]!.AsArray().Select(document => (string)document!["path"]!).Order(StringComparer.Ordinal));
        Assert.All(first["documents"]!.AsArray(), document => Assert.Equal("completed", (string?)document!["status"]));
        Assert.True(host.Calls.Retrievals.OfType<CreateCollectionRequest>().Last().KeywordOnly);

        Write("a.md", "changed");
        host.Calls.Retrievals.Clear();
        JsonNode second = (await RunAsync("ingest", _folder, "--collection", "문서", "--json")).Succeeded().Json;
        Assert.False((bool)second["collection"]!["created"]!);
        Assert.Equal((1, 1), ((int)second["completed"]!, (int)second["unchanged"]!));
        IngestDocumentRequest sent = Assert.Single(host.Calls.Retrievals.OfType<IngestDocumentRequest>());
        Assert.Equal("a.md", sent.Attributes["path"].StringValue);
        Assert.Contains(first["documents"]!.AsArray(), document => (string?)document!["id"] == sent.DocumentId);

        host.Calls.Retrievals.Clear();
        LlmResult third = (await RunAsync("ingest", _folder, "--collection", "문서")).Succeeded();
        Assert.Contains("indexed 0, unchanged 2, not indexed 0 in 문서; 1 files of other kinds left out", third.Output, StringComparison.Ordinal);
        Assert.Empty(host.Calls.Retrievals);
    }

    [Fact]
    public async Task A_document_that_fails_is_told_with_its_reason_and_the_others_go_on()
    {
        FakeRetrieval.Clear();
        Write("bad.encrypted.pdf", "x");
        Write("good.txt", "y");
        LlmResult text = await RunAsync("ingest", Path.Combine(_folder, "bad.encrypted.pdf"), Path.Combine(_folder, "good.txt"), "--collection", "c");
        Assert.Equal(Failure, text.ExitCode);
        Assert.Matches(@"bad\.encrypted\.pdf\s+encrypted\s+it cannot be read", text.Output);
        Assert.Contains("indexed 1, unchanged 0, not indexed 1 in c", text.Output, StringComparison.Ordinal);
        Assert.Contains("error: 1 of 2 documents were not indexed", text.Errors, StringComparison.Ordinal);

        // What failed is tried again, what is there is not.
        LlmResult json = await RunAsync("ingest", _folder, "--collection", "c", "--json");
        Assert.Equal(Failure, json.ExitCode);
        Assert.Equal((0, 1), ((int)json.Json["completed"]!, (int)json.Json["unchanged"]!));
        Assert.Equal("encrypted", (string?)Assert.Single(json.Json["documents"]!.AsArray())!["error"]!["code"]);
        Assert.Equal("failed", (string?)JsonNode.Parse(json.Errors)!["error"]!["code"]);
    }

    [Fact]
    public async Task What_need_not_be_waited_for_is_queued()
    {
        FakeRetrieval.Clear();
        Write("slow.txt", "x");
        JsonNode queued = (await RunAsync("ingest", _folder, "--collection", "c", "--no-wait", "--json")).Succeeded().Json;

        Assert.Equal((0, 1), ((int)queued["completed"]!, (int)queued["queued"]!));
    }

    [Fact]
    public async Task Wrong_paths_are_refused_before_anything_is_made()
    {
        FakeRetrieval.Clear();
        LlmResult missing = await RunAsync("ingest", Path.Combine(_folder, "nowhere"), "--collection", "c");
        Assert.Equal(Failure, missing.ExitCode);
        Assert.Contains("nowhere' is neither a file nor a folder", missing.Errors, StringComparison.Ordinal);
        Write("c.exe", "x");
        Assert.Contains("nothing to ingest", (await RunAsync("ingest", _folder, "--collection", "c")).Errors, StringComparison.Ordinal);
        Write("one/x.txt", "1");
        Write("two/x.txt", "2");
        LlmResult twice = await RunAsync("ingest", Path.Combine(_folder, "one"), Path.Combine(_folder, "two"), "--collection", "c");
        Assert.Contains("would both be 'x.txt'", twice.Errors, StringComparison.Ordinal);
        Assert.Empty((await RunAsync("collections", "list", "--json")).Succeeded().Json.AsArray());
        Assert.Equal(Usage, (await RunAsync("ingest", _folder)).ExitCode);
    }

    [Fact]
    public async Task A_search_prints_passages_with_their_places()
    {
        await MakeAsync("s");
        host.Calls.Retrievals.Clear();
        LlmResult text = (await RunAsync("search", "cat", "--collection", "s", "--limit", "1", "--mode", "keyword", "--where", "year=2024", "--where", "lang=ko")).Succeeded();
        Assert.Contains("0.875  a.pdf, page 2, 동물 > 고양이  (words 3.50)", text.Output, StringComparison.Ordinal);
        Assert.Contains("고양이 0", text.Output, StringComparison.Ordinal);
        SearchRequest request = host.Calls.Retrievals.OfType<SearchRequest>().Single();
        Assert.Equal((1, SearchMode.Keyword), (request.Limit, request.Mode));
        Assert.Equal(["year", "lang"], request.Filter.And.Filters.Select(filter => filter.In.Key));
        Assert.Equal(2024, request.Filter.And.Filters[0].In.Values[1].NumberValue);

        JsonNode json = (await RunAsync("search", "cat", "--collection", "s", "--json")).Succeeded().Json;
        Assert.Equal("hybrid", (string?)json["mode"]);
        Assert.Equal(2, json["results"]!.AsArray().Count);
        Assert.Equal(2.5, (double)json["results"]![0]!["parts"]!["terms"]!["고양"]!);

        Assert.Contains("--mode: 'magic' is none of", (await RunAsync("search", "cat", "-c", "s", "--mode", "magic")).Errors, StringComparison.Ordinal);
        Assert.Contains("--where: 'x' is not name=value", (await RunAsync("search", "cat", "-c", "s", "--where", "x")).Errors, StringComparison.Ordinal);
        LlmResult unknown = await RunAsync("search", "cat", "--collection", "none");
        Assert.Equal(Failure, unknown.ExitCode);
        Assert.Contains("there is no collection 'none'", unknown.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_is_printed_with_its_citations()
    {
        await MakeAsync("a");
        LlmResult text = (await RunAsync("ask", "누가?", "--collection", "a")).Succeeded();
        Assert.Equal(["고양이 [1][9]", "[1] a.pdf, page 2, 동물", "    \"고양이\""], text.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd('\r')));

        host.Calls.Retrievals.Clear();
        JsonNode json = (await RunAsync("ask", "누가?", "--collection", "a", "--model", "chat", "--seed", "7", "--json")).Succeeded().Json;
        Assert.Equal(("generated", "고양이 [1][9]"), ((string?)json["outcome"], (string?)json["answer"]));
        Assert.Equal("고양이", (string?)Assert.Single(json["citations"]!.AsArray())!["quote"]);
        Assert.Single(json["sentences"]!.AsArray());
        Assert.Equal(2, json["passages"]!.AsArray().Count);
        Assert.Equal(7, host.Calls.Retrievals.OfType<AskRequest>().Single().Seed);

        foreach (string model in new[] { "broken", "unfinished", "missing" })
        {
            LlmResult failed = await RunAsync("ask", "누가?", "--collection", "a", "--model", model);
            Assert.Equal(Failure, failed.ExitCode);
            Assert.StartsWith("error: ", failed.Errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Collections_are_listed_and_deleted_by_name_unless_the_name_is_not_enough()
    {
        FakeRetrieval.Clear();
        await MakeAsync("one");
        await MakeAsync("twin");
        await MakeAsync("twin");
        JsonArray all = (await RunAsync("collections", "list", "--json")).Succeeded().Json.AsArray();
        Assert.Equal(["one", "twin", "twin"], all.Select(collection => (string)collection!["name"]!).Order(StringComparer.Ordinal));
        Assert.Contains("one", (await RunAsync("collections", "list")).Succeeded().Output, StringComparison.Ordinal);

        Assert.Contains("2 collections are named 'twin'", (await RunAsync("collections", "delete", "twin")).Errors, StringComparison.Ordinal);
        Assert.True((bool)(await RunAsync("collections", "delete", "one", "--json")).Succeeded().Json["deleted"]!);
        string id = (string)all.First(collection => (string)collection!["name"]! == "twin")!["id"]!;
        Assert.Contains(id, (await RunAsync("collections", "delete", id)).Succeeded().Output, StringComparison.Ordinal);
        Assert.Single((await RunAsync("collections", "list", "--json")).Succeeded().Json.AsArray());
        Assert.Equal(Failure, (await RunAsync("collections", "delete", "one")).ExitCode);
    }

    private void Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private Task<Answer> MakeAsync(string name) => host.PostAsync("/v1/vector_stores", $$"""{"name":"{{name}}"}""");

    private Task<LlmResult> RunAsync(params string[] arguments) => Llm.RunAsync(host.GrpcAddress, arguments);
}
