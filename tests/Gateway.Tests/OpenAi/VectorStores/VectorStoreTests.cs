using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.Gateway.Tests.Fakes;

namespace LlmPlatform.Gateway.Tests.OpenAi.VectorStores;

[Collection(GatewayCollection.Name)]
public sealed class VectorStoreTests(GatewayHost host)
{
    [Fact]
    public async Task A_vector_store_has_openais_shape()
    {
        Answer created = await host.PostAsync("/v1/vector_stores", """{"name":"문서","description":"d","metadata":{"k":"v"},"expires_after":null}""");

        Assert.True(created.Status == HttpStatusCode.OK, created.Text);
        string id = (string)created.Json["id"]!;
        Assert.Equal(
            $$$"""{"id":"{{{id}}}","object":"vector_store","created_at":{{{created.Json["created_at"]}}},"name":"문서","description":"d","usage_bytes":0,"file_counts":{"in_progress":0,"completed":0,"failed":0,"cancelled":0,"total":0},"status":"completed","expires_after":null,"expires_at":null,"last_active_at":null,"metadata":{"k":"v"},"embedding_model":"e5","chunks":0,"dense_weight":0.25,"owned_by":"local"}""",
            created.Text);
        Assert.Equal(created.Text, (await host.GetAsync($"/v1/vector_stores/{id}")).Text);

        Answer changed = await host.PostAsync($"/v1/vector_stores/{id}", """{"name":"새 이름","metadata":{"a":"b"},"dense_weight":0.5}""");
        Assert.Equal("새 이름", (string?)changed.Json["name"]);
        Assert.Equal("""{"a":"b"}""", changed.Json["metadata"]!.ToJsonString());
        Assert.Equal(0.5, (double)changed.Json["dense_weight"]!);
        Assert.Equal("""{"a":"b"}""", (await host.PostAsync($"/v1/vector_stores/{id}", """{"name":null}""")).Json["metadata"]!.ToJsonString());

        Assert.Equal($$"""{"id":"{{id}}","object":"vector_store.deleted","deleted":true}""", (await host.DeleteAsync($"/v1/vector_stores/{id}")).Text);
        Answer gone = await host.GetAsync($"/v1/vector_stores/{id}");
        Assert.Equal((HttpStatusCode.NotFound, "vector_store_not_found", "vector_store_id"), (gone.Status, gone.Code, gone.Param));
        Assert.Contains(id, gone.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_asked_for_reaches_the_service()
    {
        host.Calls.Retrievals.Clear();
        await host.PostAsync(
            "/v1/vector_stores",
            """{"embedding_model":"m@v","dense_weight":0.3,"chunking_strategy":{"type":"static","static":{"max_chunk_size_tokens":200,"chunk_overlap_tokens":100}}}""");
        CreateCollectionRequest request = Assert.IsType<CreateCollectionRequest>(Assert.Single(host.Calls.Retrievals));

        Assert.Equal("Untitled vector store", request.Name);
        Assert.Equal("m@v", request.EmbeddingModel);
        Assert.Equal(0.3, request.DenseWeight);
        Assert.Equal((200, 100), (request.Chunking.MaxChunkSizeTokens, request.Chunking.ChunkOverlapTokens));
        Assert.NotEmpty(request.RequestId);

        host.Calls.Retrievals.Clear();
        await host.PostAsync("/v1/vector_stores", """{"name":"words","keyword_only":true,"chunking_strategy":{"type":"auto"}}""");
        request = Assert.IsType<CreateCollectionRequest>(Assert.Single(host.Calls.Retrievals));
        Assert.True(request.KeywordOnly);
        Assert.Null(request.Chunking);
        Assert.False(request.HasDenseWeight);
    }

    [Fact]
    public async Task A_repeated_request_with_the_same_key_gives_the_same_store()
    {
        string first = await CreateAsync("once");
        Assert.Equal(first, await CreateAsync("once"));
        Assert.NotEqual(first, await CreateAsync("twice"));

        async Task<string> CreateAsync(string key)
        {
            using HttpRequestMessage request = new(HttpMethod.Post, "/v1/vector_stores") { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
            request.Headers.Add("Idempotency-Key", key);
            using HttpResponseMessage response = await host.Http.SendAsync(request, TestContext.Current.CancellationToken);
            return (string)(await Answer.ReadAsync(response)).Json["id"]!;
        }
    }

    [Fact]
    public async Task Files_are_added_at_once_and_all_of_them_must_exist()
    {
        FakeRetrieval.Clear();
        string a = await host.UploadAsync("a.txt", "12345");
        string b = await host.UploadAsync("b.txt", "123");
        Answer created = await host.PostAsync("/v1/vector_stores", $$"""{"file_ids":["{{a}}","{{b}}","{{a}}"]}""");
        Assert.Equal("in_progress", (string?)created.Json["status"]);
        Assert.Equal(2, (int)created.Json["file_counts"]!["in_progress"]!);
        Assert.Equal(2, (int)created.Json["file_counts"]!["total"]!);
        Assert.Equal(8, (int)created.Json["usage_bytes"]!);

        Answer refused = await host.PostAsync("/v1/vector_stores", $$"""{"file_ids":["{{a}}","file-none"]}""");
        Assert.Equal((HttpStatusCode.NotFound, "file_not_found", "file_ids[1]"), (refused.Status, refused.Code, refused.Param));
        Assert.Single((await host.GetAsync("/v1/vector_stores")).Json["data"]!.AsArray());
    }

    [Fact]
    public async Task The_list_has_pages_in_both_directions_and_orders()
    {
        FakeRetrieval.Clear();
        List<string> ids = [];
        for (int i = 0; i < 8; i++)
        {
            ids.Add((string)(await host.PostAsync("/v1/vector_stores", $$"""{"name":"{{i}}"}""")).Json["id"]!);
        }

        string[] newestFirst = [.. ids.AsEnumerable().Reverse()];
        await ExpectAsync("", newestFirst, false);
        await ExpectAsync("?order=asc", [.. ids], false);
        await ExpectAsync("?limit=5", newestFirst[..5], true);
        await ExpectAsync($"?limit=5&after={newestFirst[4]}", newestFirst[5..], false);
        await ExpectAsync($"?order=asc&limit=2&after={ids[1]}", [ids[2], ids[3]], true);
        await ExpectAsync($"?limit=2&before={newestFirst[5]}", newestFirst[3..5], true);
        await ExpectAsync($"?limit=5&before={newestFirst[3]}", newestFirst[..3], false);
        await ExpectAsync($"?after={newestFirst[7]}", [], false);

        async Task ExpectAsync(string query, string[] expected, bool hasMore)
        {
            JsonNode list = (await host.GetAsync("/v1/vector_stores" + query)).Json;
            Assert.Equal(expected, list["data"]!.AsArray().Select(item => (string)item!["id"]!));
            Assert.Equal(hasMore, (bool)list["has_more"]!);
            Assert.Equal("list", (string?)list["object"]);
            Assert.Equal(expected.FirstOrDefault(), (string?)list["first_id"]);
            Assert.Equal(expected.LastOrDefault(), (string?)list["last_id"]);
        }
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=101", "limit")]
    [InlineData("limit=x", "limit")]
    [InlineData("order=up", "order")]
    [InlineData("filter=completed", "filter")]
    [InlineData("after=a&before=b", "before")]
    [InlineData("after=vs_none", "after")]
    [InlineData("before=vs_none", "before")]
    public async Task Lists_refuse_what_they_do_not_know(string query, string param)
    {
        Answer answer = await host.GetAsync("/v1/vector_stores?" + query);

        Assert.Equal((HttpStatusCode.BadRequest, param), (answer.Status, answer.Param));
    }

    [Theory]
    [InlineData("""{"name":5}""", "name", "invalid_type")]
    [InlineData("""{"expires_after":{"anchor":"last_active_at","days":7}}""", "expires_after", "unsupported_parameter")]
    [InlineData("""{"metadata":{"a":1}}""", "metadata.a", "invalid_type")]
    [InlineData("""{"metadata":[]}""", "metadata", "invalid_type")]
    [InlineData("""{"metadata":{"":"v"}}""", "metadata", "invalid_value")]
    [InlineData("""{"metadata":{"a":"1","a":"2"}}""", "metadata.a", "duplicate_parameter")]
    [InlineData("""{"file_ids":"file-1"}""", "file_ids", "invalid_type")]
    [InlineData("""{"file_ids":[""]}""", "file_ids[0]", "empty_string")]
    [InlineData("""{"chunking_strategy":{}}""", "chunking_strategy.type", "missing_required_parameter")]
    [InlineData("""{"chunking_strategy":{"type":"static"}}""", "chunking_strategy.static", "missing_required_parameter")]
    [InlineData("""{"chunking_strategy":{"type":"auto","static":{}}}""", "chunking_strategy.static", "unknown_parameter")]
    [InlineData("""{"chunking_strategy":{"type":"static","static":{"max_chunk_size_tokens":99,"chunk_overlap_tokens":0}}}""", "chunking_strategy.static.max_chunk_size_tokens", "integer_below_min_value")]
    [InlineData("""{"chunking_strategy":{"type":"static","static":{"max_chunk_size_tokens":100,"chunk_overlap_tokens":51}}}""", "chunking_strategy.static.chunk_overlap_tokens", "integer_above_max_value")]
    [InlineData("""{"embedding_model":"m","keyword_only":true}""", "embedding_model", "invalid_value")]
    [InlineData("""{"embedding_model":"missing"}""", "embedding_model", "model_not_found")]
    [InlineData("""{"dense_weight":1.5}""", "dense_weight", "decimal_above_max_value")]
    [InlineData("""{"nome":"x"}""", "nome", "unknown_parameter")]
    public async Task Creation_names_what_is_wrong(string body, string param, string code)
    {
        Answer answer = await host.PostAsync("/v1/vector_stores", body);

        Assert.Equal((param, code), (answer.Param, answer.Code));
        Assert.Equal(code == "model_not_found" ? HttpStatusCode.NotFound : HttpStatusCode.BadRequest, answer.Status);
    }

    [Fact]
    public async Task Long_and_many_values_are_refused()
    {
        string many = string.Join(',', Enumerable.Range(0, 17).Select(i => $"\"k{i}\":\"v\""));
        Assert.Equal("metadata", (await host.PostAsync("/v1/vector_stores", $$$"""{"metadata":{{{{many}}}}}""")).Param);
        Assert.Equal("metadata.k", (await host.PostAsync("/v1/vector_stores", $$$"""{"metadata":{"k":"{{{new string('x', 513)}}}"}}""")).Param);
        Assert.Equal("metadata", (await host.PostAsync("/v1/vector_stores", $$$"""{"metadata":{"{{{new string('x', 65)}}}":"v"}}""")).Param);
        Assert.Equal("name", (await host.PostAsync("/v1/vector_stores", $$"""{"name":"{{new string('x', 257)}}"}""")).Param);
        string ids = string.Join(',', Enumerable.Range(0, 501).Select(i => $"\"file-{i}\""));
        Assert.Equal("array_above_max_length", (await host.PostAsync("/v1/vector_stores", $$"""{"file_ids":[{{ids}}]}""")).Code);
    }
}
