using System.Net;
using System.Text.Json.Nodes;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.Gateway.Tests.Fakes;

namespace LlmPlatform.Gateway.Tests.OpenAi.VectorStores;

[Collection(GatewayCollection.Name)]
public sealed class AskTests(GatewayHost host)
{
    private const string ExpectedCitation = """{"passage":1,"file_id":"file-a","filename":"a.pdf","quote":"고양이","start":4,"end":7,"headings":["동물"],"page":2,"sheet":null}""";

    [Fact]
    public async Task An_answer_is_one_document()
    {
        JsonNode answer = (await AskAsync("""{"question":"누가?"}""")).Json;

        Assert.Equal("vector_store.answer", (string?)answer["object"]);
        Assert.Equal(2, answer["passages"]!.AsArray().Count);
        Assert.NotNull(answer["passages"]![0]!["score_parts"]);
        Assert.Empty(answer["sentences"]!.AsArray());
        JsonNode result = answer["result"]!;
        Assert.Equal(("quoted", "고양이 [1][9]", 0.75), ((string?)result["outcome"], (string?)result["answer"], (double)result["confidence"]!));
        Assert.Equal(ExpectedCitation, Plain(result["citations"]!.AsArray().Single()!));
    }

    [Fact]
    public async Task A_streamed_answer_is_events_in_order()
    {
        host.Calls.Retrievals.Clear();
        Answer answer = await AskAsync("""{"question":"누가?","model":"chat","stream":true,"max_passages":3,"max_tokens":50,"temperature":0.5,"seed":7,"filters":{"type":"eq","key":"k","value":1}}""");

        Assert.Equal("text/event-stream; charset=utf-8", answer.Headers["content-type"]);
        string[] events = answer.Events();
        Assert.Equal("[DONE]", events[^1]);
        JsonNode[] parts = [.. events[..^1].Select(text => JsonNode.Parse(text)!)];
        Assert.Equal(["passages", "text_delta", "text_delta", "sentence", "result"], parts.Select(part => (string)part["type"]!));
        Assert.All(parts, part => Assert.Equal(["type", (string)part["type"]!], part.AsObject().Select(field => field.Key)));
        Assert.Equal("고양이 [1][9]", string.Concat(parts.Where(part => (string)part["type"]! == "text_delta").Select(part => (string)part["text_delta"]!)));
        JsonNode sentence = parts[3]["sentence"]!;
        Assert.Equal(ExpectedCitation, Plain(sentence["citations"]!.AsArray().Single()!));
        Assert.Equal(("[9]", true), (sentence["unknown_citations"]!.ToJsonString(), (bool)sentence["supported"]!));
        Assert.Equal("""{"prompt_tokens":11,"completion_tokens":5}""", parts[4]["result"]!["usage"]!.ToJsonString());

        AskRequest request = host.Calls.Retrievals.OfType<AskRequest>().Single();
        Assert.Equal(("누가?", "chat", 3, 50, 0.5, 7), (request.Question, request.Model, request.Passages, request.MaxTokens, request.Temperature, request.Seed));
        Assert.Equal("k", request.Filter.Equals_.Key);
    }

    [Fact]
    public async Task A_failure_has_its_status_before_the_first_event_and_is_an_event_later()
    {
        foreach (string stream in new[] { "true", "false" })
        {
            Answer missing = await AskAsync($$"""{"question":"q","model":"missing","stream":{{stream}}}""");
            Assert.Equal((HttpStatusCode.NotFound, "model_not_found"), (missing.Status, missing.Code));
        }

        Answer broken = await AskAsync("""{"question":"q","model":"broken","stream":true}""");
        Assert.Equal(HttpStatusCode.OK, broken.Status);
        Assert.Equal("service_unavailable", (string?)JsonNode.Parse(broken.Events()[^1])!["error"]!["code"]);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await AskAsync("""{"question":"q","model":"broken"}""")).Status);

        Answer unfinished = await AskAsync("""{"question":"q","model":"unfinished","stream":true}""");
        Assert.Equal("server_error", (string?)JsonNode.Parse(unfinished.Events()[^1])!["error"]!["type"]);
        Assert.Equal(HttpStatusCode.InternalServerError, (await AskAsync("""{"question":"q","model":"unfinished"}""")).Status);
    }

    [Theory]
    [InlineData("{}", "question")]
    [InlineData("""{"question":"  "}""", "question")]
    [InlineData("""{"question":"q","max_passages":21}""", "max_passages")]
    [InlineData("""{"question":"q","temperature":3}""", "temperature")]
    [InlineData("""{"question":"q","max_tokens":0}""", "max_tokens")]
    [InlineData("""{"question":"q","query":"x"}""", "query")]
    public async Task An_ask_names_what_is_wrong(string body, string param)
    {
        Answer answer = await AskAsync(body);

        Assert.Equal((HttpStatusCode.BadRequest, param), (answer.Status, answer.Param));
    }

    private static string Plain(JsonNode node) => node.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private async Task<Answer> AskAsync(string body)
    {
        string store = (string)(await host.PostAsync("/v1/vector_stores", "{}")).Json["id"]!;
        return await host.PostAsync($"/v1/vector_stores/{store}/ask", body);
    }
}
