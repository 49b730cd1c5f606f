using System.Net;
using System.Text;
using LlmPlatform.Gateway.Tests.Fakes;

namespace LlmPlatform.Gateway.Tests.OpenAi;

[Collection(GatewayCollection.Name)]
public sealed class ChatRefusalTests(GatewayHost host)
{
    private const string Path = "/v1/chat/completions";
    private const string Hello = """[{"role":"user","content":"Hi"}]""";

    [Theory]
    [InlineData("\"temperature\":9", "temperature", "decimal_above_max_value", "<= 2, but got 9")]
    [InlineData("\"temperature\":-0.1", "temperature", "decimal_below_min_value", ">= 0, but got -0.1")]
    [InlineData("\"temperature\":\"hot\"", "temperature", "invalid_type", "expected a decimal, but got a string")]
    [InlineData("\"temperature\":1e999", "temperature", "invalid_type", "expected a decimal")]
    [InlineData("\"top_p\":1.5", "top_p", "decimal_above_max_value", "<= 1")]
    [InlineData("\"top_p\":0", "top_p", "invalid_value", "above 0")]
    [InlineData("\"top_k\":-1", "top_k", "integer_below_min_value", ">= 0")]
    [InlineData("\"seed\":1.5", "seed", "invalid_type", "expected an integer, but got a decimal")]
    [InlineData("\"seed\":1e30", "seed", "integer_above_max_value", "1e30")]
    [InlineData("\"max_tokens\":-5", "max_tokens", "integer_below_min_value", ">= 1, but got -5")]
    [InlineData("\"max_completion_tokens\":0", "max_completion_tokens", "integer_below_min_value", ">= 1")]
    [InlineData("\"max_tokens\":99999999999", "max_tokens", "integer_above_max_value", "2147483647")]
    [InlineData("\"max_tokens\":5,\"max_completion_tokens\":6", "max_tokens", "invalid_value", "'max_completion_tokens' is 6")]
    [InlineData("\"stream\":\"yes\"", "stream", "invalid_type", "a boolean")]
    [InlineData("\"stream_options\":{\"include_usage\":true}", "stream_options", "invalid_value", "'stream' is true")]
    [InlineData("\"stream\":true,\"stream_options\":{\"usage\":true}", "stream_options.usage", "unknown_parameter", "stream_options.usage")]
    [InlineData("\"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\"]", "stop", "array_above_max_length", "maximum length 4")]
    [InlineData("\"stop\":[\"a\",5]", "stop[1]", "invalid_type", "a string")]
    [InlineData("\"stop\":\"\"", "stop", "empty_string", "empty string")]
    [InlineData("\"stop\":{}", "stop", "invalid_type", "an array of strings")]
    [InlineData("\"n\":2", "n", "unsupported_parameter", "expected 1")]
    [InlineData("\"tools\":[{\"type\":\"function\"}]", "tools", "unsupported_parameter", "not supported")]
    [InlineData("\"tool_choice\":\"required\"", "tool_choice", "unsupported_parameter", "not supported")]
    [InlineData("\"functions\":[{}]", "functions", "unsupported_parameter", "not supported")]
    [InlineData("\"function_call\":{\"name\":\"f\"}", "function_call", "unsupported_parameter", "not supported")]
    [InlineData("\"response_format\":{\"type\":\"json_object\"}", "response_format", "unsupported_parameter", "\"text\"")]
    [InlineData("\"logprobs\":true", "logprobs", "unsupported_parameter", "not supported")]
    [InlineData("\"top_logprobs\":3", "top_logprobs", "unsupported_parameter", "not supported")]
    [InlineData("\"logit_bias\":{\"5\":1}", "logit_bias", "unsupported_parameter", "not supported")]
    [InlineData("\"presence_penalty\":0.5", "presence_penalty", "unsupported_parameter", "only 0")]
    [InlineData("\"frequency_penalty\":-1", "frequency_penalty", "unsupported_parameter", "only 0")]
    [InlineData("\"modalities\":[\"text\",\"audio\"]", "modalities", "unsupported_parameter", "text")]
    [InlineData("\"audio\":{\"voice\":\"x\"}", "audio", "unsupported_parameter", "not supported")]
    [InlineData("\"prediction\":{\"type\":\"content\"}", "prediction", "unsupported_parameter", "not supported")]
    [InlineData("\"store\":true", "store", "unsupported_parameter", "false")]
    [InlineData("\"service_tier\":\"flex\"", "service_tier", "unsupported_parameter", "auto")]
    [InlineData("\"reasoning_effort\":\"high\"", "reasoning_effort", "unsupported_parameter", "not supported")]
    [InlineData("\"web_search_options\":{}", "web_search_options", "unsupported_parameter", "not supported")]
    [InlineData("\"temprature\":1", "temprature", "unknown_parameter", "temprature")]
    [InlineData("\"model\":\"chat\"", "model", "duplicate_parameter", "twice")]
    public async Task A_bad_parameter_is_refused_by_name(string fields, string param, string code, string message)
    {
        Answer answer = await host.PostAsync(Path, $$"""{"model":"chat","messages":{{Hello}},{{fields}}}""");

        AssertRefused(answer, param, code);
        Assert.Contains(message, answer.Message);
    }

    [Theory]
    [InlineData("null", "messages", "missing_required_parameter")]
    [InlineData("[]", "messages", "empty_array")]
    [InlineData("\"Hi\"", "messages", "invalid_type")]
    [InlineData("[\"Hi\"]", "messages[0]", "invalid_type")]
    [InlineData("[{\"content\":\"a\"}]", "messages[0].role", "missing_required_parameter")]
    [InlineData("[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"boss\",\"content\":\"a\"}]", "messages[1].role", "invalid_value")]
    [InlineData("[{\"role\":\"tool\",\"content\":\"a\",\"tool_call_id\":\"x\"}]", "messages[0].role", "unsupported_parameter")]
    [InlineData("[{\"role\":\"user\"}]", "messages[0].content", "missing_required_parameter")]
    [InlineData("[{\"role\":\"user\",\"content\":5}]", "messages[0].content", "invalid_type")]
    [InlineData("[{\"role\":\"user\",\"content\":[]}]", "messages[0].content", "empty_array")]
    [InlineData("[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"x\"}}]}]", "messages[0].content[0].type", "unsupported_parameter")]
    [InlineData("[{\"role\":\"user\",\"content\":[{\"type\":\"text\"}]}]", "messages[0].content[0].text", "missing_required_parameter")]
    [InlineData("[{\"role\":\"user\",\"content\":[{\"type\":\"poem\",\"text\":\"x\"}]}]", "messages[0].content[0].type", "invalid_value")]
    [InlineData("[{\"role\":\"user\",\"content\":\"a\",\"mood\":\"good\"}]", "messages[0].mood", "unknown_parameter")]
    [InlineData("[{\"role\":\"assistant\",\"content\":\"a\",\"tool_calls\":[{}]}]", "messages[0].tool_calls", "unsupported_parameter")]
    [InlineData("[{\"role\":\"user\",\"content\":\"\\ud800\"}]", "messages[0].content", "invalid_value")]
    public async Task A_bad_message_is_refused_with_its_path(string messages, string param, string code) =>
        AssertRefused(await host.PostAsync(Path, $$"""{"model":"chat","messages":{{messages}}}"""), param, code);

    [Theory]
    [InlineData("""{"messages":[]}""", "model", "missing_required_parameter")]
    [InlineData("""{"model":5,"messages":[]}""", "model", "invalid_type")]
    [InlineData("""{"model":"","messages":[]}""", "model", "empty_string")]
    [InlineData("[]", null, "invalid_type")]
    [InlineData("\"text\"", null, "invalid_type")]
    public async Task A_bad_body_is_refused(string body, string? param, string code) =>
        AssertRefused(await host.PostAsync(Path, body), param, code);

    [Fact]
    public async Task Invalid_json_names_the_position_and_repeats_nothing()
    {
        Answer answer = await host.PostAsync(Path, "{\"model\":\"chat\",\n  \"secret prompt\" oops}");

        AssertRefused(answer, null, "invalid_json");
        Assert.Contains("line 2, byte 19", answer.Message);
        Assert.DoesNotContain("oops", answer.Text);
        Assert.DoesNotContain("secret", answer.Text);
    }

    [Fact]
    public async Task Bytes_that_are_no_utf8_are_refused()
    {
        byte[] body = [.. "{\"model\":\"chat\",\"messages\":[{\"role\":\"user\",\"content\":\""u8, 0xFF, 0xC3, .. "\"}]}"u8];
        using ByteArrayContent content = new(body);
        content.Headers.ContentType = new("application/json");
        using HttpResponseMessage response = await host.Http.PostAsync(Path, content, TestContext.Current.CancellationToken);

        Answer answer = await Answer.ReadAsync(response);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.DoesNotContain("user", answer.Text);
    }

    [Fact]
    public async Task A_prompt_is_never_repeated_and_a_value_is_cut()
    {
        string longRole = new('r', 200);
        Answer answer = await host.PostAsync(Path, $$"""{"model":"chat","messages":[{"role":"{{longRole}}","content":"a very private prompt"}]}""");

        AssertRefused(answer, "messages[0].role", "invalid_value");
        Assert.Contains(new string('r', 64), answer.Message);
        Assert.DoesNotContain(new string('r', 65), answer.Message);
        Assert.DoesNotContain("private", answer.Text);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused()
    {
        Answer answer = await host.PostAsync(Path, $$"""{"model":"chat","messages":[{"role":"user","content":"{{new string('x', 4 << 20)}}"}]}""");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.Status);
        Assert.Equal("request_too_large", answer.Code);
    }

    [Theory]
    [InlineData("/v1/chat/completions", "text/plain")]
    [InlineData("/v1/completions", "text/plain")]
    [InlineData("/v1/embeddings", "application/x-www-form-urlencoded")]
    [InlineData("/v1/embeddings", null)]
    public async Task Another_content_type_is_refused(string path, string? contentType)
    {
        using ByteArrayContent content = new(Encoding.UTF8.GetBytes("""{"model":"chat"}"""));
        content.Headers.ContentType = contentType is null ? null : new(contentType);
        using HttpResponseMessage response = await host.Http.PostAsync(path, content, TestContext.Current.CancellationToken);

        Answer answer = await Answer.ReadAsync(response);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.Status);
        Assert.Equal("unsupported_content_type", answer.Code);
    }

    private static void AssertRefused(Answer answer, string? param, string code)
    {
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("invalid_request_error", (string?)answer.Error["type"]);
        Assert.Equal(param, answer.Param);
        Assert.Equal(code, answer.Code);
        Assert.Equal(["message", "type", "param", "code"], answer.Error.AsObject().Select(field => field.Key));
    }
}
