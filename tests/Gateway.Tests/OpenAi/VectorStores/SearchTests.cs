using System.Net;
using System.Text.Json.Nodes;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.Gateway.Tests.Fakes;

namespace LlmPlatform.Gateway.Tests.OpenAi.VectorStores;

[Collection(GatewayCollection.Name)]
public sealed class SearchTests(GatewayHost host)
{
    [Fact]
    public async Task A_search_has_openais_shape()
    {
        Answer found = await SearchAsync("""{"query":"cat"}""");

        Assert.Equal(
            """{"object":"vector_store.search_results.page","search_query":["cat"],"data":[{"file_id":"file-a","filename":"a.pdf","score":0.875,"attributes":{"draft":false,"year":2024},"content":[{"type":"text","text":"고양이 0"}]},{"file_id":"file-a","filename":"a.pdf","score":0.375,"attributes":{"draft":false,"year":2024},"content":[{"type":"text","text":"고양이 1"}]}],"has_more":false,"next_page":null}""",
            found.Text);
    }

    [Fact]
    public async Task An_explained_result_says_where_it_stands_and_why()
    {
        JsonNode found = (await SearchAsync("""{"query":"cat","explain":true,"max_num_results":1}""")).Json;

        Assert.Equal("hybrid", (string?)found["mode"]);
        JsonNode result = found["data"]!.AsArray().Single()!;
        Assert.Equal("""{"chunk":0,"start":0,"end":5,"title":"A","headings":["동물","고양이"],"page":2,"sheet":null}""", Plain(result["passage"]!));
        Assert.Equal(
            """{"dense":null,"dense_rank":null,"dense_scaled":null,"keyword":3.5,"keyword_rank":1,"keyword_scaled":1,"dense_weight":0.25,"terms":{"고양":2.5},"diversity_penalty":null}""",
            Plain(result["score_parts"]!));
    }

    [Fact]
    public async Task What_is_asked_for_reaches_the_service()
    {
        host.Calls.Retrievals.Clear();
        await SearchAsync("""{"query":"cat","max_num_results":7,"ranking_options":{"ranker":"default-2024-11-15","score_threshold":0.5},"rewrite_query":false,"mode":"keyword","dense_weight":0.1,"diversity":0.2,"max_per_file":3}""");
        SearchRequest request = host.Calls.Retrievals.OfType<SearchRequest>().Single();

        Assert.Equal(("cat", 7, 0.5, SearchMode.Keyword, 0.1, 0.2, 3), (request.Query, request.Limit, request.ScoreThreshold, request.Mode, request.DenseWeight, request.Diversity, request.MaxPerDocument));

        host.Calls.Retrievals.Clear();
        await SearchAsync("""{"query":"cat"}""");
        request = host.Calls.Retrievals.OfType<SearchRequest>().Single();
        Assert.Equal((10, 0, SearchMode.Unspecified, false), (request.Limit, request.ScoreThreshold, request.Mode, request.HasDenseWeight));
    }

    [Fact]
    public async Task Of_several_queries_each_passage_keeps_its_best_score()
    {
        JsonNode found = (await SearchAsync("""{"query":["cat","dog"],"explain":true}""")).Json;

        Assert.Equal("""["cat","dog"]""", found["search_query"]!.ToJsonString());
        Assert.Equal([(1, 0.95), (0, 0.875), (2, 0.45)], found["data"]!.AsArray().Select(item => ((int)item!["passage"]!["chunk"]!, Math.Round((double)item["score"]!, 3))));
        Assert.Single((await SearchAsync("""{"query":["cat","dog"],"max_num_results":1}""")).Json["data"]!.AsArray());
        Assert.Equal(2, (await SearchAsync("""{"query":["cat","dog"],"max_per_file":2}""")).Json["data"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("""{"type":"eq","key":"k","value":"v"}""", """{ "equals": { "key": "k", "value": { "stringValue": "v" } } }""")]
    [InlineData("""{"type":"ne","key":"k","value":true}""", """{ "not": { "equals": { "key": "k", "value": { "boolValue": true } } } }""")]
    [InlineData("""{"type":"gt","key":"k","value":1}""", """{ "range": { "key": "k", "gt": { "numberValue": 1 } } }""")]
    [InlineData("""{"type":"gte","key":"k","value":1.5}""", """{ "range": { "key": "k", "gte": { "numberValue": 1.5 } } }""")]
    [InlineData("""{"type":"lt","key":"k","value":"m"}""", """{ "range": { "key": "k", "lt": { "stringValue": "m" } } }""")]
    [InlineData("""{"type":"lte","key":"k","value":-1}""", """{ "range": { "key": "k", "lte": { "numberValue": -1 } } }""")]
    [InlineData("""{"type":"in","key":"k","value":["a",2]}""", """{ "in": { "key": "k", "values": [ { "stringValue": "a" }, { "numberValue": 2 } ] } }""")]
    [InlineData("""{"type":"nin","key":"k","value":[]}""", """{ "not": { "in": { "key": "k" } } }""")]
    [InlineData(
        """{"type":"and","filters":[{"type":"or","filters":[{"type":"eq","key":"a","value":1}]},{"type":"eq","key":"b","value":2}]}""",
        """{ "and": { "filters": [ { "or": { "filters": [ { "equals": { "key": "a", "value": { "numberValue": 1 } } } ] } }, { "equals": { "key": "b", "value": { "numberValue": 2 } } } ] } }""")]
    public async Task Filters_mean_what_openais_mean(string filter, string expected)
    {
        host.Calls.Retrievals.Clear();
        Answer answer = await SearchAsync($$"""{"query":"cat","filters":{{filter}}}""");

        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        Assert.Equal(expected, host.Calls.Retrievals.OfType<SearchRequest>().Single().Filter.ToString());
    }

    [Theory]
    [InlineData("{}", "query")]
    [InlineData("""{"query":""}""", "query")]
    [InlineData("""{"query":" "}""", "query")]
    [InlineData("""{"query":5}""", "query")]
    [InlineData("""{"query":[]}""", "query")]
    [InlineData("""{"query":["a",5]}""", "query[1]")]
    [InlineData("""{"query":["1","2","3","4","5","6","7","8","9"]}""", "query")]
    [InlineData("""{"query":"a","max_num_results":0}""", "max_num_results")]
    [InlineData("""{"query":"a","max_num_results":51}""", "max_num_results")]
    [InlineData("""{"query":"a","rewrite_query":true}""", "rewrite_query")]
    [InlineData("""{"query":"a","ranking_options":{"ranker":"best"}}""", "ranking_options.ranker")]
    [InlineData("""{"query":"a","ranking_options":{"score_threshold":2}}""", "ranking_options.score_threshold")]
    [InlineData("""{"query":"a","mode":"magic"}""", "mode")]
    [InlineData("""{"query":"a","filter":{}}""", "filter")]
    [InlineData("""{"query":"a","filters":[]}""", "filters")]
    [InlineData("""{"query":"a","filters":{}}""", "filters.type")]
    [InlineData("""{"query":"a","filters":{"type":"like"}}""", "filters.type")]
    [InlineData("""{"query":"a","filters":{"type":"eq","value":1}}""", "filters.key")]
    [InlineData("""{"query":"a","filters":{"type":"eq","key":"k"}}""", "filters.value")]
    [InlineData("""{"query":"a","filters":{"type":"gt","key":"k","value":true}}""", "filters.value")]
    [InlineData("""{"query":"a","filters":{"type":"in","key":"k","value":1}}""", "filters.value")]
    [InlineData("""{"query":"a","filters":{"type":"in","key":"k","value":[[]]}}""", "filters.value[0]")]
    [InlineData("""{"query":"a","filters":{"type":"and","filters":[]}}""", "filters.filters")]
    [InlineData("""{"query":"a","filters":{"type":"or","filters":[{"type":"eq","key":"k","value":{}}]}}""", "filters.filters[0].value")]
    public async Task A_search_names_what_is_wrong(string body, string param)
    {
        Answer answer = await SearchAsync(body);

        Assert.Equal((HttpStatusCode.BadRequest, param), (answer.Status, answer.Param));
    }

    [Fact]
    public async Task Filters_have_bounds()
    {
        string deep = string.Concat(Enumerable.Repeat("""{"type":"and","filters":[""", 8)) + """{"type":"eq","key":"k","value":1}""" + string.Concat(Enumerable.Repeat("]}", 8));
        Assert.Contains("deeper than 8", (await SearchAsync($$"""{"query":"a","filters":{{deep}}}""")).Message, StringComparison.Ordinal);
        string wide = string.Join(',', Enumerable.Repeat("""{"type":"eq","key":"k","value":1}""", 100));
        Assert.Contains("more than 100", (await SearchAsync($$$"""{"query":"a","filters":{"type":"or","filters":[{{{wide}}}]}}""")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_store_is_not_found()
    {
        Answer answer = await host.PostAsync("/v1/vector_stores/vs_none/search", """{"query":"a"}""");

        Assert.Equal((HttpStatusCode.NotFound, "vector_store_not_found"), (answer.Status, answer.Code));
    }

    private static string Plain(JsonNode node) => node.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private async Task<Answer> SearchAsync(string body)
    {
        string store = (string)(await host.PostAsync("/v1/vector_stores", "{}")).Json["id"]!;
        return await host.PostAsync($"/v1/vector_stores/{store}/search", body);
    }
}
