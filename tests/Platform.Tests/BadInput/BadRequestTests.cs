using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Google.Rpc;
using Grpc.Core;
using LlmPlatform.Contracts.Embedding.V1;
using LlmPlatform.Contracts.Generation.V1;
using LlmPlatform.Contracts.Tokenizer.V1;
using LlmPlatform.ServiceDefaults.Errors;

namespace LlmPlatform.Platform.Tests.BadInput;

/// <summary>Requests that no service can answer: each says which field is wrong, and what was expected.</summary>
public sealed class BadRequestTests(PlatformFixture platform)
{
    private const string Secret = "my-secret-prompt";

    /// <summary>Case, wrong field over gRPC, wrong field over HTTP, the value that must be shown.</summary>
    public static TheoryData<string, string, string, string> Chats() => new()
    {
        { "empty messages", "messages", "messages", "" },
        { "negative max_tokens", "stopping.max_tokens", "max_tokens", "-1" },
        { "temperature 9", "sampling.temperature", "temperature", "9" },
        { "top_p 0", "sampling.top_p", "top_p", "0" },
        { "five stop strings", "stopping.stop", "stop", "" },
        { "an empty stop string", "stopping.stop[0]", "stop", "" },
        { "a message without a role", "messages[1].role", "messages[1].role", "" },
        { "a prompt over the context", "messages", "messages", "tokens" },
        { "no model", "model", "model", "" },
    };

    [Theory]
    [MemberData(nameof(Chats))]
    public async Task Chat_over_grpc_names_the_field(string name, string field, string httpField, string value)
    {
        _ = httpField;
        ChatRequest request = new()
        {
            Model = PlatformFixture.TinyDecoder,
            Messages = { new ChatMessage { Role = "user", Content = Secret } },
            Sampling = new SamplingParameters(),
            Stopping = new StoppingParameters(),
        };
        Spoil(name, request);
        RpcException error = await ChatErrorAsync(request);
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        AssertViolation(error, field, value);
    }

    [Theory]
    [MemberData(nameof(Chats))]
    public async Task Chat_over_http_names_the_field(string name, string grpcField, string field, string value)
    {
        _ = grpcField;
        JsonObject request = new()
        {
            ["model"] = PlatformFixture.TinyDecoder,
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = Secret }),
        };
        Spoil(name, request);
        (HttpStatusCode status, JsonNode error) = await PostAsync("/v1/chat/completions", request);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("invalid_request_error", (string?)error["type"]);
        Assert.StartsWith(field, (string?)error["param"], StringComparison.Ordinal);
        Assert.Contains(value, (string?)error["message"], StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, error.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_wrong_field_is_named_at_once()
    {
        RpcException error = await ChatErrorAsync(new ChatRequest
        {
            Sampling = new SamplingParameters { Temperature = float.NaN, TopK = -1 },
            Stopping = new StoppingParameters { MaxTokens = 0 },
        });
        Assert.Equal(
            ["messages", "model", "sampling.temperature", "sampling.top_k", "stopping.max_tokens"],
            error.GetFieldViolations().Select(violation => violation.Field).Order());
    }

    [Fact]
    public async Task A_shown_value_is_cut()
    {
        string role = new('x', 500);
        RpcException error = await ChatErrorAsync(new ChatRequest
        {
            Model = PlatformFixture.TinyDecoder,
            Messages = { new ChatMessage { Role = role, Content = Secret } },
        });
        BadRequest.Types.FieldViolation violation = Assert.Single(error.GetFieldViolations());
        Assert.Contains(role[..SafeValue.MaxLength], violation.Description, StringComparison.Ordinal);
        Assert.DoesNotContain(role[..(SafeValue.MaxLength + 1)], violation.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_context_limit_is_named_with_the_prompts_tokens()
    {
        RpcException error = await GenerateErrorAsync(new GenerateRequest { Model = PlatformFixture.TinyDecoder, Prompt = LongText });
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Contains("300 tokens", error.Status.Detail, StringComparison.Ordinal);
        Assert.Contains("128", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_model_is_not_found()
    {
        RpcException error = await ChatErrorAsync(new ChatRequest { Model = "nobody", Messages = { new ChatMessage { Role = "user", Content = Secret } } });
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
        Assert.Equal("nobody", error.GetResource()?.ResourceName);

        (HttpStatusCode status, JsonNode http) = await PostAsync("/v1/chat/completions", new JsonObject
        {
            ["model"] = "nobody",
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = Secret }),
        });
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Equal("model_not_found", (string?)http["code"]);
    }

    [Fact]
    public async Task A_model_of_another_task_says_what_it_is_for()
    {
        RpcException chat = await ChatErrorAsync(new ChatRequest { Model = PlatformFixture.TinyEncoder, Messages = { new ChatMessage { Role = "user", Content = "hello" } } });
        Assert.Equal(StatusCode.FailedPrecondition, chat.StatusCode);
        Assert.Contains("sentence similarity", chat.Status.Detail, StringComparison.Ordinal);

        RpcException embed = await Assert.ThrowsAsync<RpcException>(async () =>
            await new Embedding.EmbeddingClient(platform.Grpc).EmbedAsync(new EmbedRequest { Model = PlatformFixture.TinyDecoder, Inputs = { new EmbedInput { Text = "hello" } } }));
        Assert.Equal(StatusCode.FailedPrecondition, embed.StatusCode);
        Assert.Contains("text generation", embed.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generate_needs_an_input_of_the_vocabulary()
    {
        AssertViolation(await GenerateErrorAsync(new GenerateRequest { Model = PlatformFixture.TinyDecoder }), "prompt", "");
        AssertViolation(await GenerateErrorAsync(new GenerateRequest { Model = PlatformFixture.TinyDecoder, Prompt = "" }), "prompt", "0 tokens");
        AssertViolation(await GenerateErrorAsync(Ids()), "prompt_tokens.ids", "0");
        AssertViolation(await GenerateErrorAsync(Ids(1, -5)), "prompt_tokens.ids[1]", "-5");
        AssertViolation(await GenerateErrorAsync(Ids(1, 1_000_000)), "prompt_tokens.ids[1]", "1000000");
    }

    [Fact]
    public async Task Embed_names_the_field()
    {
        AssertViolation(await EmbedErrorAsync(new EmbedRequest { Model = PlatformFixture.TinyEncoder }), "inputs", "0");
        EmbedRequest many = new() { Model = PlatformFixture.TinyEncoder };
        many.Inputs.AddRange(Enumerable.Repeat(new EmbedInput { Text = "a" }, 257));
        AssertViolation(await EmbedErrorAsync(many), "inputs", "257");
        AssertViolation(await EmbedErrorAsync(new EmbedRequest { Model = PlatformFixture.TinyEncoder, Inputs = { new EmbedInput() } }), "inputs[0]", "");
        AssertViolation(await EmbedErrorAsync(With(new EmbedOptions { Dimensions = 0 })), "options.dimensions", "0");
        AssertViolation(await EmbedErrorAsync(With(new EmbedOptions { Dimensions = 1000 })), "options.dimensions", "1000");
        AssertViolation(await EmbedErrorAsync(With(new EmbedOptions { InputType = (InputType)77 })), "options.input_type", "77");
    }

    [Fact]
    public async Task Similarity_names_the_field()
    {
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () =>
            await new Embedding.EmbeddingClient(platform.Grpc).SimilarityAsync(new SimilarityRequest { Model = PlatformFixture.TinyEncoder, Sources = { "a" } }));
        AssertViolation(error, "targets", "0");
    }

    [Fact]
    public async Task Tokenizer_names_the_field()
    {
        Tokenizer.TokenizerClient client = new(platform.Grpc);
        AssertViolation(await Assert.ThrowsAsync<RpcException>(async () => await client.EncodeAsync(new EncodeRequest { Text = Secret })), "model", "");
        AssertViolation(
            await Assert.ThrowsAsync<RpcException>(async () => await client.EncodeAsync(new EncodeRequest
            {
                Model = PlatformFixture.TinyDecoder,
                Text = Secret,
                Options = new EncodeOptions { MaxLength = -3 },
            })),
            "options.max_length",
            "-3");
        AssertViolation(await Assert.ThrowsAsync<RpcException>(async () => await client.EncodeBatchAsync(new EncodeBatchRequest { Model = PlatformFixture.TinyDecoder })), "texts", "0");
        AssertViolation(
            await Assert.ThrowsAsync<RpcException>(async () => await client.DecodeAsync(new DecodeRequest { Model = PlatformFixture.TinyDecoder, Ids = { 1, -2 } })),
            "ids[1]",
            "-2");
        AssertViolation(await Assert.ThrowsAsync<RpcException>(async () => await client.ListTokenizersAsync(new ListTokenizersRequest { PageSize = -1 })), "page_size", "-1");
    }

    private static string LongText => string.Join(' ', Enumerable.Repeat("cat", 300));

    private static GenerateRequest Ids(params int[] ids) =>
        new() { Model = PlatformFixture.TinyDecoder, PromptTokens = new Contracts.Generation.V1.TokenIds { Ids = { ids } } };

    private static EmbedRequest With(EmbedOptions options) =>
        new() { Model = PlatformFixture.TinyEncoder, Inputs = { new EmbedInput { Text = Secret } }, Options = options };

    private static void Spoil(string name, ChatRequest request)
    {
        switch (name)
        {
            case "empty messages": request.Messages.Clear(); break;
            case "negative max_tokens": request.Stopping.MaxTokens = -1; break;
            case "temperature 9": request.Sampling.Temperature = 9; break;
            case "top_p 0": request.Sampling.TopP = 0; break;
            case "five stop strings": request.Stopping.Stop.AddRange(["a", "b", "c", "d", "e"]); break;
            case "an empty stop string": request.Stopping.Stop.Add(""); break;
            case "a message without a role": request.Messages.Add(new ChatMessage { Content = Secret }); break;
            case "a prompt over the context": request.Messages[0].Content = LongText; break;
            case "no model": request.Model = ""; break;
            default: throw new ArgumentException(name);
        }
    }

    private static void Spoil(string name, JsonObject request)
    {
        switch (name)
        {
            case "empty messages": request["messages"] = new JsonArray(); break;
            case "negative max_tokens": request["max_tokens"] = -1; break;
            case "temperature 9": request["temperature"] = 9; break;
            case "top_p 0": request["top_p"] = 0; break;
            case "five stop strings": request["stop"] = new JsonArray("a", "b", "c", "d", "e"); break;
            case "an empty stop string": request["stop"] = new JsonArray(""); break;
            case "a message without a role": request["messages"]!.AsArray().Add((JsonNode)new JsonObject { ["content"] = Secret }); break;
            case "a prompt over the context": request["messages"]![0]!["content"] = LongText; break;
            case "no model": request.Remove("model"); break;
            default: throw new ArgumentException(name);
        }
    }

    private static void AssertViolation(RpcException error, string field, string value)
    {
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        BadRequest.Types.FieldViolation violation = Assert.Single(error.GetFieldViolations());
        Assert.Equal(field, violation.Field);
        Assert.Contains(value, violation.Description, StringComparison.Ordinal);
        Assert.Contains("expected", violation.Description, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    private async Task<(HttpStatusCode Status, JsonNode Error)> PostAsync(string path, JsonObject request)
    {
        using HttpResponseMessage response = await platform.Http.PostAsJsonAsync(path, request);
        JsonObject body = (await response.Content.ReadFromJsonAsync<JsonObject>())!;
        return (response.StatusCode, body["error"]!);
    }

    private Task<RpcException> ChatErrorAsync(ChatRequest request) => Assert.ThrowsAsync<RpcException>(async () =>
    {
        using AsyncServerStreamingCall<ChatResponse> call = new Generation.GenerationClient(platform.Grpc).Chat(request);
        await call.ResponseStream.MoveNext();
    });

    private Task<RpcException> GenerateErrorAsync(GenerateRequest request) => Assert.ThrowsAsync<RpcException>(async () =>
    {
        using AsyncServerStreamingCall<GenerateResponse> call = new Generation.GenerationClient(platform.Grpc).Generate(request);
        await call.ResponseStream.MoveNext();
    });

    private Task<RpcException> EmbedErrorAsync(EmbedRequest request) =>
        Assert.ThrowsAsync<RpcException>(async () => await new Embedding.EmbeddingClient(platform.Grpc).EmbedAsync(request));
}
