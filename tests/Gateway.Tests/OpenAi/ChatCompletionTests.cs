using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LlmPlatform.Contracts.Generation.V1;
using LlmPlatform.Gateway.Tests.Fakes;

namespace LlmPlatform.Gateway.Tests.OpenAi;

[Collection(GatewayCollection.Name)]
public sealed partial class ChatCompletionTests(GatewayHost host)
{
    private const string Path = "/v1/chat/completions";
    private const string Hello = """[{"role":"user","content":"Hi"}]""";

    [Fact]
    public async Task An_answer_is_exactly_openais_json()
    {
        Answer answer = await host.PostAsync(Path, $$"""{"model":"chat","messages":{{Hello}}}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("application/json; charset=utf-8", answer.Headers["content-type"]);
        Assert.StartsWith("req_", answer.Headers["x-request-id"]);
        Assert.Equal(
            """{"id":"chatcmpl-abc","object":"chat.completion","created":0,"model":"chat","choices":[{"index":0,"message":{"role":"assistant","content":"Hello, 세계 \"</>","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":5,"total_tokens":17},"system_fingerprint":"fp_0123456789ab"}""",
            Normalize(answer.Text));
        long created = (long)answer.Json["created"]!;
        Assert.InRange(created, DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 60, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1);
    }

    [Fact]
    public async Task A_stream_is_exactly_openais_events()
    {
        Answer answer = await host.PostAsync(Path, $$"""{"model":"chat","messages":{{Hello}},"stream":true}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("text/event-stream; charset=utf-8", answer.Headers["content-type"]);
        Assert.Equal("no-cache", answer.Headers["cache-control"]);
        const string Head = """data: {"id":"chatcmpl-abc","object":"chat.completion.chunk","created":0,"model":"chat","system_fingerprint":"fp_0123456789ab","choices":[{"index":0,"delta":""";
        Assert.Equal(
            $$"""
            {{Head}}{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}]}

            {{Head}}{"content":"Hello"},"logprobs":null,"finish_reason":null}]}

            {{Head}}{"content":", "},"logprobs":null,"finish_reason":null}]}

            {{Head}}{"content":"세계"},"logprobs":null,"finish_reason":null}]}

            {{Head}}{"content":" \"</>"},"logprobs":null,"finish_reason":null}]}

            {{Head}}{},"logprobs":null,"finish_reason":"stop"}]}

            data: [DONE]


            """,
            Normalize(answer.Text));
    }

    [Fact]
    public async Task Include_usage_adds_a_null_to_every_chunk_and_a_last_chunk_without_choices()
    {
        Answer answer = await host.PostAsync(Path, $$"""{"model":"short","messages":{{Hello}},"stream":true,"stream_options":{"include_usage":true} }""");

        string[] events = answer.Events();
        Assert.Equal("[DONE]", events[^1]);
        JsonNode last = JsonNode.Parse(events[^2])!;
        Assert.Empty(last["choices"]!.AsArray());
        Assert.Equal("""{"prompt_tokens":12,"completion_tokens":5,"total_tokens":17}""", last["usage"]!.ToJsonString());
        Assert.Equal("length", (string?)JsonNode.Parse(events[^3])!["choices"]![0]!["finish_reason"]);
        Assert.All(events[..^2], text =>
        {
            JsonObject chunk = JsonNode.Parse(text)!.AsObject();
            Assert.True(chunk.ContainsKey("usage"));
            Assert.Null(chunk["usage"]);
        });
    }

    [Fact]
    public async Task Every_parameter_reaches_the_service()
    {
        host.Calls.Chats.Clear();
        await host.PostAsync(Path, """
            {"model":"chat","temperature":0.5,"top_p":0.9,"top_k":40,"seed":-2,"stop":["\n","END"],"max_completion_tokens":7,"max_tokens":7,
             "messages":[{"role":"developer","content":"Be brief."},{"role":"user","name":"Kim","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},
                         {"role":"assistant","content":"c","refusal":null,"tool_calls":[],"annotations":[]},{"role":"user","content":""}]}
            """);

        ChatRequest request = Assert.Single(host.Calls.Chats);
        Assert.Equal(0.5f, request.Sampling.Temperature);
        Assert.Equal(0.9f, request.Sampling.TopP);
        Assert.Equal(40, request.Sampling.TopK);
        Assert.Equal(ulong.MaxValue - 1, request.Sampling.Seed);
        Assert.Equal(["\n", "END"], request.Stopping.Stop);
        Assert.Equal(7, request.Stopping.MaxTokens);
        Assert.False(request.Stopping.IgnoreEos);
        Assert.Equal(["system|Be brief.", "user|a\nb", "assistant|c", "user|"], request.Messages.Select(message => $"{message.Role}|{message.Content}"));
        Assert.Equal("Kim", request.Messages[1].Name);
        Assert.False(request.Messages[0].HasName);
    }

    [Fact]
    public async Task What_is_not_given_is_left_to_the_service()
    {
        host.Calls.Chats.Clear();
        await host.PostAsync(Path, $$"""{"model":"chat","messages":{{Hello}},"stop":"x","temperature":null}""");

        ChatRequest request = Assert.Single(host.Calls.Chats);
        Assert.False(request.Sampling.HasTemperature);
        Assert.False(request.Sampling.HasTopP);
        Assert.False(request.Sampling.HasTopK);
        Assert.False(request.Sampling.HasSeed);
        Assert.False(request.Stopping.HasMaxTokens);
        Assert.Equal(["x"], request.Stopping.Stop);
    }

    [Theory]
    [InlineData("\"n\":1")]
    [InlineData("\"presence_penalty\":0,\"frequency_penalty\":0.0")]
    [InlineData("\"response_format\":{\"type\":\"text\"}")]
    [InlineData("\"logprobs\":false,\"top_logprobs\":null")]
    [InlineData("\"logit_bias\":{}")]
    [InlineData("\"tools\":[],\"tool_choice\":\"none\",\"parallel_tool_calls\":true")]
    [InlineData("\"functions\":[],\"function_call\":\"none\"")]
    [InlineData("\"modalities\":[\"text\"],\"audio\":null,\"prediction\":null")]
    [InlineData("\"user\":\"u\",\"metadata\":{\"a\":\"b\"},\"service_tier\":\"auto\",\"store\":false")]
    [InlineData("\"safety_identifier\":\"s\",\"prompt_cache_key\":\"k\"")]
    [InlineData("\"stream\":false,\"stream_options\":null")]
    [InlineData("\"temperature\":0,\"top_p\":1,\"top_k\":0,\"seed\":0,\"stop\":[]")]
    [InlineData("\"max_tokens\":8,\"max_completion_tokens\":8")]
    [InlineData("\"max_tokens\":8.0,\"seed\":1e3")]
    public async Task Values_that_ask_for_nothing_are_accepted(string fields)
    {
        Answer answer = await host.PostAsync(Path, $$"""{"model":"chat","messages":{{Hello}},{{fields}}}""");

        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
    }

    [Fact]
    public async Task The_first_chunk_arrives_while_the_model_is_still_at_work_and_hanging_up_cancels_it()
    {
        while (host.Calls.Cancelled.Wait(0, TestContext.Current.CancellationToken))
        {
            // Permits of other tests.
        }

        using HttpRequestMessage request = new(HttpMethod.Post, Path)
        {
            Content = new StringContent($$"""{"model":"endless","messages":{{Hello}},"stream":true}""", Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
        };
        using (HttpResponseMessage response = await host.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken))
        {
            using StreamReader reader = new(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
            Assert.Contains("\"role\":\"assistant\"", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
            await reader.ReadLineAsync(TestContext.Current.CancellationToken);
            Assert.Contains("\"content\":\"0 \"", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        }

        Assert.True(await host.Calls.Cancelled.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken), "the call was not cancelled");
    }

    [Fact]
    public async Task Hanging_up_on_an_answer_that_is_not_streamed_cancels_it_too()
    {
        while (host.Calls.Cancelled.Wait(0, TestContext.Current.CancellationToken))
        {
            // Permits of other tests.
        }

        using CancellationTokenSource hangUp = new(TimeSpan.FromMilliseconds(300));
        using StringContent content = new($$"""{"model":"endless","messages":{{Hello}}}""", Encoding.UTF8, "application/json");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.Http.PostAsync(Path, content, hangUp.Token));

        Assert.True(await host.Calls.Cancelled.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken), "the call was not cancelled");
    }

    [Theory]
    [InlineData("broken", "service_unavailable")]
    [InlineData("unfinished", null)]
    public async Task A_failure_midway_becomes_an_error_event_and_no_done(string model, string? code)
    {
        Answer answer = await host.PostAsync(Path, $$"""{"model":"{{model}}","messages":{{Hello}},"stream":true}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        string[] events = answer.Events();
        JsonNode error = JsonNode.Parse(events[^1])!["error"]!;
        Assert.Equal("server_error", (string?)error["type"]);
        Assert.Equal(code, (string?)error["code"]);
        Assert.Contains("Hello", events[1]);
        Assert.DoesNotContain("[DONE]", answer.Text);
    }

    [Fact]
    public async Task Half_an_answer_does_not_pass_for_a_whole_one()
    {
        Answer answer = await host.PostAsync(Path, $$"""{"model":"unfinished","messages":{{Hello}}}""");

        Assert.Equal(HttpStatusCode.InternalServerError, answer.Status);
        Assert.Equal("server_error", (string?)answer.Error["type"]);
    }

    internal static string Normalize(string text) => Created().Replace(text, "\"created\":0");

    [GeneratedRegex("\"created\":[0-9]+")]
    private static partial Regex Created();
}
