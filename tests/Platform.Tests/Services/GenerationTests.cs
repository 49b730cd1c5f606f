using System.Net.Http.Json;
using Grpc.Core;
using LlmPlatform.Contracts.Generation.V1;
using LlmPlatform.Contracts.Tokenizer.V1;
using GenerationTokenIds = LlmPlatform.Contracts.Generation.V1.TokenIds;

namespace LlmPlatform.Platform.Tests.Services;

public sealed class GenerationTests(PlatformFixture platform)
{
    private readonly Generation.GenerationClient _client = new(platform.Grpc);

    [Fact]
    public async Task SmolLm2_knows_the_capital_of_France()
    {
        PlatformFixture.RequireModel(PlatformFixture.Chat);
        List<ChatResponse> parts = await ChatAsync(new ChatRequest
        {
            Model = PlatformFixture.Chat,
            Messages = { new ChatMessage { Role = "user", Content = "What is the capital of France?" } },
            Sampling = new SamplingParameters { Temperature = 0 },
            Stopping = new StoppingParameters { MaxTokens = 40 },
        });
        Assert.Contains("Paris", string.Concat(parts.Select(part => part.Content)), StringComparison.Ordinal);
        Assert.Equal("assistant", parts[0].Role);
        Assert.All(parts.Skip(1), part => Assert.Empty(part.Role));
        Assert.All(parts.SkipLast(1), part => Assert.Equal(FinishReason.Unspecified, part.FinishReason));
        ChatResponse last = parts[^1];
        Assert.Equal(FinishReason.Stop, last.FinishReason);
        Assert.Equal(parts.Sum(part => part.TokenIds.Count), last.Usage.CompletionTokens);
        Assert.True(last.Usage.PromptTokens > 0);
    }

    [Fact]
    public async Task A_chat_is_the_rendered_template_without_further_special_tokens()
    {
        ChatRequest chat = new()
        {
            Model = PlatformFixture.TinyDecoder,
            Messages = { new ChatMessage { Role = "user", Content = "hello world" } },
            Sampling = new SamplingParameters { Temperature = 0 },
            Stopping = new StoppingParameters { MaxTokens = 8 },
        };
        List<ChatResponse> chatted = await ChatAsync(chat);
        EncodeResponse prompt = await new Tokenizer.TokenizerClient(platform.Grpc).EncodeAsync(new EncodeRequest
        {
            Model = PlatformFixture.TinyDecoder,
            Text = "user : hello world </s> assistant :",
            Options = new EncodeOptions { AddSpecialTokens = false },
        });
        List<GenerateResponse> generated = await GenerateAsync(new GenerateRequest
        {
            Model = PlatformFixture.TinyDecoder,
            PromptTokens = new GenerationTokenIds { Ids = { prompt.Encoding.Ids } },
            Sampling = chat.Sampling,
            Stopping = chat.Stopping,
        });
        Assert.Equal(prompt.Encoding.Ids.Count, chatted[^1].Usage.PromptTokens);
        Assert.Equal(generated.SelectMany(part => part.TokenIds), chatted.SelectMany(part => part.TokenIds));
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_tokens()
    {
        GenerateRequest request = new()
        {
            Model = PlatformFixture.TinyDecoder,
            Prompt = "the cat",
            Sampling = new SamplingParameters { Temperature = 1.5f, Seed = 42 },
            Stopping = new StoppingParameters { MaxTokens = 30, IgnoreEos = true },
        };
        int[] first = await TokensAsync(request);
        int[] second = await TokensAsync(request);
        request.Sampling.Seed = 43;
        int[] other = await TokensAsync(request);
        Assert.Equal(30, first.Length);
        Assert.Equal(first, second);
        Assert.NotEqual(first, other);
    }

    [Fact]
    public async Task A_stop_string_ends_the_text_before_it()
    {
        GenerateRequest request = new()
        {
            Model = PlatformFixture.TinyDecoder,
            Prompt = "the cat",
            Sampling = new SamplingParameters { Temperature = 1.5f, Seed = 7 },
            Stopping = new StoppingParameters { MaxTokens = 30, IgnoreEos = true },
        };
        string text = string.Concat((await GenerateAsync(request)).Select(part => part.Text));
        string stop = text.Trim().Split(' ')[3];
        request.Stopping.Stop.Add(stop);
        List<GenerateResponse> stopped = await GenerateAsync(request);
        Assert.Equal(text[..text.IndexOf(stop, StringComparison.Ordinal)], string.Concat(stopped.Select(part => part.Text)));
        Assert.Equal(FinishReason.Stop, stopped[^1].FinishReason);
    }

    [Fact]
    public async Task An_http_caller_that_goes_away_leaves_the_batch()
    {
        PlatformFixture.RequireModel(PlatformFixture.Chat);
        using (HttpRequestMessage request = new(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = JsonContent.Create(new
            {
                model = PlatformFixture.Chat,
                messages = new[] { new { role = "user", content = "Count from one to a thousand." } },
                max_tokens = 4000,
                stream = true,
            }),
        })
        using (HttpResponseMessage response = await platform.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        using (Stream stream = await response.Content.ReadAsStreamAsync())
        {
            Assert.True(await stream.ReadAsync(new byte[16]) > 0);
            Assert.True((await StatusAsync(PlatformFixture.Chat)).ActiveSequences >= 1);
        }

        await WaitUntilIdleAsync();
    }

    [Fact]
    public async Task A_caller_that_goes_away_leaves_the_batch()
    {
        PlatformFixture.RequireModel(PlatformFixture.Chat);
        GenerateRequest request = new()
        {
            Model = PlatformFixture.Chat,
            Prompt = "Once upon a time",
            Stopping = new StoppingParameters { MaxTokens = 4000, IgnoreEos = true },
        };
        using (AsyncServerStreamingCall<GenerateResponse> call = _client.Generate(request))
        {
            Assert.True(await call.ResponseStream.MoveNext());
            LoadedModel busy = await StatusAsync(PlatformFixture.Chat);
            Assert.True(busy.ActiveSequences >= 1);
            Assert.True(busy.WeightBytes > 0);
        }

        // The cancellation travels over two connections; then one step may still be under way.
        long stepsAfterCancel = (await StatusAsync(PlatformFixture.Chat)).Steps;
        LoadedModel status = await WaitUntilIdleAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"{status.Steps - stepsAfterCancel} steps between the first look and the empty batch");
        long steps = status.Steps;
        await Task.Delay(200);
        Assert.Equal(steps, (await StatusAsync(PlatformFixture.Chat)).Steps);
    }

    private async Task<LoadedModel> WaitUntilIdleAsync()
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(10));
        LoadedModel status = await StatusAsync(PlatformFixture.Chat);
        while (status.ActiveSequences > 0)
        {
            await Task.Delay(5, limit.Token);
            status = await StatusAsync(PlatformFixture.Chat);
        }

        return status;
    }

    private async Task<LoadedModel> StatusAsync(string model) =>
        (await _client.GetStatusAsync(new GetStatusRequest())).Models.Single(loaded => loaded.Model == model);

    private async Task<int[]> TokensAsync(GenerateRequest request) => [.. (await GenerateAsync(request)).SelectMany(part => part.TokenIds)];

    private async Task<List<GenerateResponse>> GenerateAsync(GenerateRequest request)
    {
        using AsyncServerStreamingCall<GenerateResponse> call = _client.Generate(request);
        return await call.ResponseStream.ReadAllAsync().ToListAsync();
    }

    private async Task<List<ChatResponse>> ChatAsync(ChatRequest request)
    {
        using AsyncServerStreamingCall<ChatResponse> call = _client.Chat(request);
        return await call.ResponseStream.ReadAllAsync().ToListAsync();
    }
}
