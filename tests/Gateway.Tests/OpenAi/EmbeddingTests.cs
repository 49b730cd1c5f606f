using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using LlmPlatform.Contracts.Embedding.V1;
using LlmPlatform.Gateway.OpenAi.Embeddings;
using LlmPlatform.Gateway.Tests.Fakes;

namespace LlmPlatform.Gateway.Tests.OpenAi;

[Collection(GatewayCollection.Name)]
public sealed class EmbeddingTests(GatewayHost host)
{
    private const string Path = "/v1/embeddings";

    [Fact]
    public async Task An_answer_is_exactly_openais_json()
    {
        Answer answer = await host.PostAsync(Path, """{"model":"e5","input":["one","three"]}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(
            """{"object":"list","data":[{"object":"embedding","index":0,"embedding":[3,0.5,-1.5E-07]},{"object":"embedding","index":1,"embedding":[5,0.5,-1.5E-07]}],"model":"e5","usage":{"prompt_tokens":8,"total_tokens":8}}""",
            answer.Text);
    }

    [Fact]
    public async Task Base64_holds_little_endian_float32()
    {
        Answer answer = await host.PostAsync(Path, """{"model":"e5","input":"four","encoding_format":"base64","dimensions":2,"user":"u"}""");

        byte[] bytes = Convert.FromBase64String((string)answer.Json["data"]![0]!["embedding"]!);
        Assert.Equal([4f, 0.5f], MemoryMarshal.Cast<byte, float>(bytes).ToArray());
    }

    [Theory]
    [InlineData("\"text\"", 1)]
    [InlineData("[\"a\",\"b\"]", 2)]
    [InlineData("[1,2,3]", 1)]
    [InlineData("[[1,2],[3]]", 2)]
    public async Task Input_has_four_forms(string input, int count)
    {
        host.Calls.Embeds.Clear();
        Answer answer = await host.PostAsync(Path, $$"""{"model":"e5","input":{{input}}}""");

        Assert.Equal(count, answer.Json["data"]!.AsArray().Count);
        EmbedStreamRequest request = Assert.Single(host.Calls.Embeds);
        Assert.Equal(input.Contains('1'), request.Inputs[0].InputCase == EmbedInput.InputOneofCase.Tokens);
        Assert.Equal(InputType.Unspecified, request.Options.InputType);
        Assert.False(request.Options.HasDimensions);
    }

    [Theory]
    [InlineData("query", InputType.Query)]
    [InlineData("document", InputType.Document)]
    [InlineData("none", InputType.None)]
    public async Task Input_type_chooses_the_prompt(string name, InputType type)
    {
        host.Calls.Embeds.Clear();
        await host.PostAsync(Path, $$"""{"model":"e5","input":"a","input_type":"{{name}}"}""");

        Assert.Equal(type, Assert.Single(host.Calls.Embeds).Options.InputType);
    }

    [Fact]
    public async Task Many_inputs_go_in_several_messages_and_come_back_in_order()
    {
        host.Calls.Embeds.Clear();
        string[] inputs = [.. Enumerable.Range(1, 300).Select(length => new string('x', length))];
        Answer answer = await host.PostAsync(Path, new JsonObject { ["model"] = "e5", ["input"] = new JsonArray([.. inputs.Select(text => (JsonNode)text)]) }.ToJsonString());

        Assert.Equal([128, 128, 44], host.Calls.Embeds.Select(request => request.Inputs.Count));
        Assert.Equal(inputs.Select(text => (float)text.Length), answer.Json["data"]!.AsArray().Select(item => (float)item!["embedding"]![0]!));
        Assert.Equal(300 * 301 / 2, (long)answer.Json["usage"]!["prompt_tokens"]!);
    }

    [Fact]
    public void Batches_stay_under_the_size_of_a_message()
    {
        EmbedInput[] inputs = [.. Enumerable.Range(0, 9).Select(_ => new EmbedInput { Text = new string('x', 300_000) })];

        EmbedInput[][] batches = [.. EmbeddingBatches.Split(inputs)];

        Assert.Equal(inputs, batches.SelectMany(batch => batch));
        Assert.All(batches, batch => Assert.InRange(batch.Sum(input => input.CalculateSize()), 1, EmbeddingBatches.MostBytes));
    }

    [Theory]
    [InlineData("\"input\":[]", "input", "empty_array")]
    [InlineData("\"input\":\"\"", "input", "empty_string")]
    [InlineData("\"input\":[\"a\",\"\"]", "input[1]", "empty_string")]
    [InlineData("\"input\":[\"a\",5]", "input[1]", "invalid_type")]
    [InlineData("\"input\":[[]]", "input[0]", "empty_array")]
    [InlineData("\"input\":[1,\"a\"]", "input[1]", "invalid_type")]
    [InlineData("\"input\":{}", "input", "invalid_type")]
    [InlineData("\"input\":null", "input", "missing_required_parameter")]
    [InlineData("\"input\":\"a\",\"encoding_format\":\"hex\"", "encoding_format", "invalid_value")]
    [InlineData("\"input\":\"a\",\"input_type\":\"poem\"", "input_type", "invalid_value")]
    [InlineData("\"input\":\"a\",\"dimensions\":0", "dimensions", "integer_below_min_value")]
    [InlineData("\"input\":\"a\",\"dimensions\":\"3\"", "dimensions", "invalid_type")]
    [InlineData("\"input\":\"a\",\"truncate\":true", "truncate", "unknown_parameter")]
    [InlineData("\"input\":[\"a\",\"forbidden\"]", "input[1]", "invalid_value")]
    public async Task A_bad_parameter_is_refused_by_name(string fields, string param, string code)
    {
        Answer answer = await host.PostAsync(Path, $$"""{"model":"e5",{{fields}}}""");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(param, answer.Param);
        Assert.Equal(code, answer.Code);
    }

    [Fact]
    public async Task Too_many_and_too_long_inputs_are_refused()
    {
        string many = $"[{string.Join(',', Enumerable.Repeat("\"a\"", 2049))}]";
        Assert.Equal("array_above_max_length", (await host.PostAsync(Path, $$"""{"model":"e5","input":{{many}}}""")).Code);

        Answer answer = await host.PostAsync(Path, $$"""{"model":"e5","input":["a","{{new string('x', 2 << 20)}}"]}""");
        Assert.Equal("input[1]", answer.Param);
    }

    [Fact]
    public async Task An_input_that_the_service_refuses_has_the_callers_number()
    {
        string[] inputs = [.. Enumerable.Range(0, 300).Select(i => i == 290 ? "forbidden" : "a")];
        Answer answer = await host.PostAsync(Path, new JsonObject { ["model"] = "e5", ["input"] = new JsonArray([.. inputs.Select(text => (JsonNode)text)]) }.ToJsonString());

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("input[290]", answer.Param);
    }

    [Fact]
    public async Task An_unknown_model_is_404()
    {
        Answer answer = await host.PostAsync(Path, """{"model":"missing","input":"a"}""");

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Equal("model_not_found", answer.Code);
    }

    [Fact]
    public async Task Inputs_left_unanswered_are_an_error()
    {
        string input = $"[{string.Join(',', Enumerable.Repeat("\"a\"", 200))}]";
        Answer answer = await host.PostAsync(Path, $$"""{"model":"lazy","input":{{input}}}""");

        Assert.Equal(HttpStatusCode.InternalServerError, answer.Status);
    }
}
