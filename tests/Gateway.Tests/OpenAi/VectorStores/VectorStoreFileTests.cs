using System.Net;
using System.Text.Json.Nodes;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.Gateway.Tests.Fakes;

namespace LlmPlatform.Gateway.Tests.OpenAi.VectorStores;

[Collection(GatewayCollection.Name)]
public sealed class VectorStoreFileTests(GatewayHost host)
{
    [Fact]
    public async Task A_file_is_added_watched_read_and_deleted()
    {
        string store = await CreateStoreAsync();
        string file = await host.UploadAsync("글.txt", "12345");
        string path = $"/v1/vector_stores/{store}/files";
        Answer added = await host.PostAsync(
            path,
            $$$$"""{"file_id":"{{{{file}}}}","attributes":{"year":2024,"draft":false,"author":"김"},"chunking_strategy":{"type":"static","static":{"max_chunk_size_tokens":200,"chunk_overlap_tokens":20}}}""");
        Assert.True(added.Status == HttpStatusCode.OK, added.Text);
        Assert.Equal(
            $$$"""{"id":"{{{file}}}","object":"vector_store.file","created_at":{{{added.Json["created_at"]}}},"vector_store_id":"{{{store}}}","usage_bytes":0,"status":"in_progress","last_error":null,"chunking_strategy":{"type":"static","static":{"max_chunk_size_tokens":200,"chunk_overlap_tokens":20}},"attributes":{"author":"김","draft":false,"year":2024},"filename":"글.txt","chunks":0,"progress":{"stage":"queued","chunks_done":0,"chunks_total":0}}""",
            added.Text);

        Answer running = await host.GetAsync($"{path}/{file}");
        Assert.Equal("in_progress", (string?)running.Json["status"]);
        Assert.Equal("250", running.Headers["openai-poll-after-ms"]);
        running = await host.GetAsync($"{path}/{file}");
        Assert.Equal("""{"stage":"embed","chunks_done":1,"chunks_total":2}""", running.Json["progress"]!.ToJsonString());
        Answer done = await host.GetAsync($"{path}/{file}");
        Assert.Equal("completed", (string?)done.Json["status"]);
        Assert.Equal(5, (int)done.Json["usage_bytes"]!);
        Assert.False(done.Json.AsObject().ContainsKey("progress"));
        Assert.False(done.Headers.ContainsKey("openai-poll-after-ms"));

        Answer changed = await host.PostAsync($"{path}/{file}", """{"attributes":{"year":2025}}""");
        Assert.Equal("""{"year":2025}""", changed.Json["attributes"]!.ToJsonString());
        Assert.Equal("{}", (await host.PostAsync($"{path}/{file}", """{"attributes":null}""")).Json["attributes"]!.ToJsonString());

        Assert.Equal(
            """{"object":"vector_store.file_content.page","data":[{"type":"text","text":"첫 문단 \"하나\".\n"},{"type":"text","text":"둘."}],"has_more":false,"next_page":null}""",
            (await host.GetAsync($"{path}/{file}/content")).Text);

        Assert.Equal($$"""{"id":"{{file}}","object":"vector_store.file.deleted","deleted":true}""", (await host.DeleteAsync($"{path}/{file}")).Text);
        Answer gone = await host.GetAsync($"{path}/{file}");
        Assert.Equal((HttpStatusCode.NotFound, "file_not_found", "file_id"), (gone.Status, gone.Code, gone.Param));
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync($"/v1/files/{file}")).Status);
    }

    [Fact]
    public async Task A_file_is_in_a_store_once()
    {
        string store = await CreateStoreAsync();
        string file = await host.UploadAsync("once.txt");
        string path = $"/v1/vector_stores/{store}/files";
        host.Calls.Retrievals.Clear();
        await host.PostAsync(path, $$$"""{"file_id":"{{{file}}}","attributes":{"a":1}}""");
        await host.PostAsync(path, $$"""{"file_id":"{{file}}"}""");
        Assert.Single(host.Calls.Retrievals.OfType<IngestDocumentRequest>());
        Assert.Equal("""{"a":1}""", (await host.GetAsync($"{path}/{file}")).Json["attributes"]!.ToJsonString());

        await host.PostAsync(path, $$$"""{"file_id":"{{{file}}}","attributes":{"a":2}}""");
        Assert.Single(host.Calls.Retrievals.OfType<UpdateDocumentRequest>());
        Assert.Equal("""{"a":2}""", (await host.GetAsync($"{path}/{file}")).Json["attributes"]!.ToJsonString());

        // Cut otherwise, it is the same document with new content, and keeps its attributes.
        await host.PostAsync(path, $$$$"""{"file_id":"{{{{file}}}}","chunking_strategy":{"type":"static","static":{"max_chunk_size_tokens":100,"chunk_overlap_tokens":0}}}""");
        IngestDocumentRequest again = host.Calls.Retrievals.OfType<IngestDocumentRequest>().Last();
        Assert.NotEmpty(again.DocumentId);
        Assert.Equal(2, again.Attributes["a"].NumberValue);
        Assert.Single((await host.GetAsync(path)).Json["data"]!.AsArray());
    }

    [Fact]
    public async Task A_file_that_failed_is_tried_again_when_it_is_added_again()
    {
        string store = await CreateStoreAsync();
        string file = await host.UploadAsync("bad.corrupt.pdf");
        string path = $"/v1/vector_stores/{store}/files";
        await host.PostAsync(path, $$"""{"file_id":"{{file}}"}""");
        await host.GetAsync($"{path}/{file}");
        Assert.Equal("failed", (string?)(await host.GetAsync($"{path}/{file}")).Json["status"]);

        Assert.Equal("in_progress", (string?)(await host.PostAsync(path, $$"""{"file_id":"{{file}}"}""")).Json["status"]);
    }

    [Theory]
    [InlineData("unsupported_type", "unsupported_file")]
    [InlineData("type_mismatch", "unsupported_file")]
    [InlineData("encrypted", "invalid_file")]
    [InlineData("limit_exceeded", "invalid_file")]
    [InlineData("internal", "server_error")]
    public async Task A_failure_has_openais_code_and_the_services_words(string error, string code)
    {
        string store = await CreateStoreAsync();
        string file = await host.UploadAsync($"bad.{error}.pdf");
        await host.PostAsync($"/v1/vector_stores/{store}/files", $$"""{"file_id":"{{file}}"}""");
        await host.GetAsync($"/v1/vector_stores/{store}/files/{file}");
        JsonNode failed = (await host.GetAsync($"/v1/vector_stores/{store}/files/{file}")).Json;

        Assert.Equal("failed", (string?)failed["status"]);
        Assert.Equal($$"""{"code":"{{code}}","message":"it cannot be read"}""", failed["last_error"]!.ToJsonString());
    }

    [Fact]
    public async Task The_list_has_pages_and_a_filter()
    {
        string store = await CreateStoreAsync();
        string path = $"/v1/vector_stores/{store}/files";
        List<string> files = [];
        foreach (string name in new[] { "a", "slow-1", "bad.corrupt", "b", "slow-2", "c", "d" })
        {
            files.Add(await host.UploadAsync(name));
            await host.PostAsync(path, $$"""{"file_id":"{{files[^1]}}"}""");
        }

        foreach (string file in files.Concat(files))
        {
            await host.GetAsync($"{path}/{file}");
        }

        await ExpectAsync("", [.. files.AsEnumerable().Reverse()]);
        await ExpectAsync("?order=asc", [.. files]);
        await ExpectAsync("?filter=in_progress", [files[4], files[1]]);
        await ExpectAsync("?filter=failed", [files[2]]);
        await ExpectAsync("?filter=completed", [files[6], files[5], files[3], files[0]]);
        await ExpectAsync("?filter=cancelled", []);
        await ExpectAsync($"?order=asc&limit=2&after={files[1]}", [files[2], files[3]]);
        Answer wrong = await host.GetAsync($"{path}?filter=done");
        Assert.Equal((HttpStatusCode.BadRequest, "filter"), (wrong.Status, wrong.Param));

        async Task ExpectAsync(string query, string[] expected) =>
            Assert.Equal(expected, (await host.GetAsync(path + query)).Json["data"]!.AsArray().Select(file => (string)file!["id"]!));
    }

    [Theory]
    [InlineData("{}", "file_id", "missing_required_parameter")]
    [InlineData("""{"file_id":""}""", "file_id", "empty_string")]
    [InlineData("""{"file_id":"file-none"}""", "file_id", "file_not_found")]
    [InlineData("""{"file_id":"f","attributes":{"a":[1]}}""", "attributes.a", "invalid_type")]
    [InlineData("""{"file_id":"f","attributes":{"a":null}}""", "attributes.a", "invalid_type")]
    [InlineData("""{"file_id":"f","attributes":5}""", "attributes", "invalid_type")]
    [InlineData("""{"file_id":"f","name":5}""", "name", "unknown_parameter")]
    public async Task Adding_names_what_is_wrong(string body, string param, string code)
    {
        Answer answer = await host.PostAsync($"/v1/vector_stores/{await CreateStoreAsync()}/files", body);

        Assert.Equal((param, code), (answer.Param, answer.Code));
    }

    [Fact]
    public async Task Neither_an_unknown_store_nor_text_that_is_not_there_yet_is_a_servers_error()
    {
        string file = await host.UploadAsync("slow.txt");
        Answer unknown = await host.PostAsync("/v1/vector_stores/vs_none/files", $$"""{"file_id":"{{file}}"}""");
        Assert.Equal((HttpStatusCode.NotFound, "vector_store_not_found"), (unknown.Status, unknown.Code));

        string store = await CreateStoreAsync();
        await host.PostAsync($"/v1/vector_stores/{store}/files", $$"""{"file_id":"{{file}}"}""");
        Answer early = await host.GetAsync($"/v1/vector_stores/{store}/files/{file}/content");
        Assert.Equal((HttpStatusCode.Conflict, "failed_precondition"), (early.Status, early.Code));
    }

    [Fact]
    public async Task A_batch_is_what_its_files_are()
    {
        string store = await CreateStoreAsync();
        string a = await host.UploadAsync("a");
        string slow = await host.UploadAsync("slow");
        string bad = await host.UploadAsync("bad.corrupt");
        string path = $"/v1/vector_stores/{store}/file_batches";
        Answer created = await host.PostAsync(path, $$$"""{"file_ids":["{{{a}}}","{{{slow}}}","{{{bad}}}"],"attributes":{"k":"v"}}""");
        Assert.True(created.Status == HttpStatusCode.OK, created.Text);
        string batch = (string)created.Json["id"]!;
        Assert.Equal(
            $$$"""{"id":"{{{batch}}}","object":"vector_store.files_batch","created_at":{{{created.Json["created_at"]}}},"vector_store_id":"{{{store}}}","status":"in_progress","file_counts":{"in_progress":3,"completed":0,"failed":0,"cancelled":0,"total":3}}""",
            created.Text);
        Assert.InRange((long)created.Json["created_at"]!, DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 60, DateTimeOffset.UtcNow.ToUnixTimeSeconds());

        await host.GetAsync($"{path}/{batch}");
        await host.GetAsync($"{path}/{batch}");
        Answer later = await host.GetAsync($"{path}/{batch}");
        Assert.Equal("""{"in_progress":1,"completed":1,"failed":1,"cancelled":0,"total":3}""", later.Json["file_counts"]!.ToJsonString());
        Assert.Equal("250", later.Headers["openai-poll-after-ms"]);
        JsonArray files = (await host.GetAsync($"{path}/{batch}/files?filter=in_progress")).Json["data"]!.AsArray();
        Assert.Equal(slow, (string?)Assert.Single(files)!["id"]);
        Assert.Equal("""{"k":"v"}""", files[0]!["attributes"]!.ToJsonString());
        Assert.Equal([a, slow, bad], (await host.GetAsync($"{path}/{batch}/files?order=asc")).Json["data"]!.AsArray().Select(file => (string)file!["id"]!).OrderBy(id => id));

        Answer cancelled = await host.PostAsync($"{path}/{batch}/cancel", "{}");
        Assert.Equal("cancelled", (string?)cancelled.Json["status"]);
        Assert.Equal("""{"in_progress":0,"completed":1,"failed":1,"cancelled":1,"total":3}""", cancelled.Json["file_counts"]!.ToJsonString());
        using HttpResponseMessage withoutBody = await host.Http.PostAsync($"{path}/{batch}/cancel", null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, withoutBody.StatusCode);
    }

    [Fact]
    public async Task A_file_of_a_batch_has_attributes_and_a_strategy_of_its_own_and_moves_to_its_last_batch()
    {
        string store = await CreateStoreAsync();
        string a = await host.UploadAsync("a");
        string b = await host.UploadAsync("b");
        string path = $"/v1/vector_stores/{store}/file_batches";
        Answer first = await host.PostAsync(path, $$$"""{"files":[{"file_id":"{{{a}}}","attributes":{"n":1}},{"file_id":"{{{b}}}"}]}""");
        Assert.Equal(2, (int)first.Json["file_counts"]!["total"]!);
        Answer second = await host.PostAsync(path, $$"""{"file_ids":["{{a}}"]}""");
        Assert.Equal(1, (int)second.Json["file_counts"]!["total"]!);

        Assert.Equal(1, (int)(await host.GetAsync($"{path}/{first.Json["id"]}")).Json["file_counts"]!["total"]!);
        JsonNode moved = (await host.GetAsync($"{path}/{second.Json["id"]}/files")).Json["data"]!.AsArray().Single()!;
        Assert.Equal((a, """{"n":1}"""), ((string?)moved["id"], moved["attributes"]!.ToJsonString()));
        Assert.Equal(2, (int)(await host.GetAsync($"/v1/vector_stores/{store}")).Json["file_counts"]!["total"]!);
    }

    [Theory]
    [InlineData("{}", "file_ids")]
    [InlineData("""{"file_ids":[]}""", "file_ids")]
    [InlineData("""{"file_ids":["a"],"files":[{"file_id":"a"}]}""", "files")]
    [InlineData("""{"files":[{"file_id":"a"}],"attributes":{"a":1}}""", "files")]
    [InlineData("""{"files":[]}""", "files")]
    [InlineData("""{"files":{}}""", "files")]
    [InlineData("""{"files":[{"file_id":"a"},{"file_id":"a"}]}""", "files[1].file_id")]
    [InlineData("""{"files":[{"file_id":"a","x":1}]}""", "files[0].x")]
    public async Task A_batch_names_what_is_wrong(string body, string param)
    {
        Answer answer = await host.PostAsync($"/v1/vector_stores/{await CreateStoreAsync()}/file_batches", body);

        Assert.Equal((HttpStatusCode.BadRequest, param), (answer.Status, answer.Param));
    }

    [Theory]
    [InlineData("vsfb_none")]
    [InlineData("vsfb_0000000010123456789abcdef01234567")]
    [InlineData("vsfb_00000000Z0123456789abcdef01234567")]
    public async Task An_unknown_batch_is_not_found(string batch)
    {
        Answer answer = await host.GetAsync($"/v1/vector_stores/{await CreateStoreAsync()}/file_batches/{batch}");

        Assert.Equal((HttpStatusCode.NotFound, "file_batch_not_found"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task A_batch_with_a_file_that_does_not_exist_adds_nothing()
    {
        string store = await CreateStoreAsync();
        string a = await host.UploadAsync("a");
        Answer answer = await host.PostAsync($"/v1/vector_stores/{store}/file_batches", $$"""{"file_ids":["{{a}}","file-none"]}""");

        Assert.Equal((HttpStatusCode.NotFound, "file_not_found", "file_ids[1]"), (answer.Status, answer.Code, answer.Param));
        Assert.Empty((await host.GetAsync($"/v1/vector_stores/{store}/files")).Json["data"]!.AsArray());
    }

    private async Task<string> CreateStoreAsync() => (string)(await host.PostAsync("/v1/vector_stores", """{"name":"s"}""")).Json["id"]!;
}
