using System.Net;
using LlmPlatform.Contracts.Generation.V1;
using LlmPlatform.Gateway.Tests.Fakes;

namespace LlmPlatform.Gateway.Tests.OpenAi;

[Collection(GatewayCollection.Name)]
public sealed class CompletionTests(GatewayHost host)
{
    private const string Path = "/v1/completions";

    [Fact]
    public async Task An_answer_is_exactly_openais_json()
    {
        Answer answer = await host.PostAsync(Path, """{"model":"chat","prompt":"Once"}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(
            """{"id":"cmpl-abc","object":"text_completion","created":0,"model":"chat","choices":[{"text":"Hello, 세계 \"</>","index":0,"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":5,"total_tokens":17},"system_fingerprint":"fp_0123456789ab"}""",
            ChatCompletionTests.Normalize(answer.Text));
    }

    [Fact]
    public async Task A_stream_is_exactly_openais_events()
    {
        Answer answer = await host.PostAsync(Path, """{"model":"short","prompt":"Once","stream":true,"stream_options":{"include_usage":true}}""");

        const string Head = """{"id":"cmpl-abc","object":"text_completion","created":0,"model":"short","system_fingerprint":"fp_0123456789ab","choices":[""";
        Assert.Equal(
            [
                Head + """{"text":"Hello","index":0,"logprobs":null,"finish_reason":null}],"usage":null}""",
                Head + """{"text":", ","index":0,"logprobs":null,"finish_reason":null}],"usage":null}""",
                Head + """{"text":"세계","index":0,"logprobs":null,"finish_reason":null}],"usage":null}""",
                Head + """{"text":" \"</>","index":0,"logprobs":null,"finish_reason":null}],"usage":null}""",
                Head + """{"text":"","index":0,"logprobs":null,"finish_reason":"length"}],"usage":null}""",
                Head + """],"usage":{"prompt_tokens":12,"completion_tokens":5,"total_tokens":17}}""",
                "[DONE]",
            ],
            answer.Events().Select(ChatCompletionTests.Normalize));
    }

    [Theory]
    [InlineData("\"Once\"", "Once", null)]
    [InlineData("[\"Once\"]", "Once", null)]
    [InlineData("\"\"", "", null)]
    [InlineData("[1,2,3]", null, new[] { 1, 2, 3 })]
    [InlineData("[[4,5]]", null, new[] { 4, 5 })]
    public async Task A_prompt_has_four_forms(string prompt, string? text, int[]? ids)
    {
        host.Calls.Generates.Clear();
        await host.PostAsync(Path, $$"""{"model":"chat","prompt":{{prompt}},"seed":5,"stop":"x","echo":false,"n":1,"best_of":1,"suffix":null,"logprobs":null}""");

        GenerateRequest request = Assert.Single(host.Calls.Generates);
        Assert.Equal(text is null ? GenerateRequest.InputOneofCase.PromptTokens : GenerateRequest.InputOneofCase.Prompt, request.InputCase);
        Assert.Equal(text ?? "", request.Prompt);
        Assert.Equal(ids ?? [], request.PromptTokens?.Ids ?? []);
        Assert.Equal(5UL, request.Sampling.Seed);
        Assert.Equal(16, request.Stopping.MaxTokens);
        Assert.False(request.HasAddSpecialTokens);
    }

    [Theory]
    [InlineData("\"prompt\":[]", "prompt", "empty_array")]
    [InlineData("\"prompt\":5", "prompt", "invalid_type")]
    [InlineData("\"prompt\":null", "prompt", "missing_required_parameter")]
    [InlineData("\"prompt\":[\"a\",\"b\"]", "prompt", "unsupported_parameter")]
    [InlineData("\"prompt\":[1,-2]", "prompt[1]", "integer_below_min_value")]
    [InlineData("\"prompt\":[1,\"a\"]", "prompt[1]", "invalid_type")]
    [InlineData("\"prompt\":[[]]", "prompt[0]", "empty_array")]
    [InlineData("\"prompt\":\"a\",\"echo\":true", "echo", "unsupported_parameter")]
    [InlineData("\"prompt\":\"a\",\"n\":2", "n", "unsupported_parameter")]
    [InlineData("\"prompt\":\"a\",\"best_of\":2", "best_of", "unsupported_parameter")]
    [InlineData("\"prompt\":\"a\",\"suffix\":\"b\"", "suffix", "unsupported_parameter")]
    [InlineData("\"prompt\":\"a\",\"logprobs\":0", "logprobs", "unsupported_parameter")]
    [InlineData("\"prompt\":\"a\",\"messages\":[]", "messages", "unknown_parameter")]
    [InlineData("\"prompt\":\"a\",\"temperature\":9", "temperature", "decimal_above_max_value")]
    [InlineData("\"prompt\":\"a\",\"max_tokens\":-1", "max_tokens", "integer_below_min_value")]
    public async Task A_bad_parameter_is_refused_by_name(string fields, string param, string code)
    {
        Answer answer = await host.PostAsync(Path, $$"""{"model":"chat",{{fields}}}""");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(param, answer.Param);
        Assert.Equal(code, answer.Code);
    }
}
