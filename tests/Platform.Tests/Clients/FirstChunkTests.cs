using System.Net.Http.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Contracts.Generation.V1;

namespace LlmPlatform.Platform.Tests.Clients;

/// <summary>Nothing between the engine and an HTTP caller keeps text back.</summary>
public sealed class FirstChunkTests(PlatformFixture platform)
{
    private const int MaxTokens = 400;
    private const string Data = "data: ";

    [Fact]
    public async Task The_first_chunk_arrives_before_the_tenth_token_is_sampled()
    {
        PlatformFixture.RequireModel(PlatformFixture.Chat);

        // Loads the model and compiles what the first call needs.
        await StreamAsync(maxTokens: 4, onFirstContent: null);
        await IdleAsync();
        long before = (await StatusAsync()).GeneratedTokens;
        long atFirst = 0;
        await StreamAsync(MaxTokens, async () => atFirst = (await StatusAsync()).GeneratedTokens);
        long sampled = atFirst - before;
        TestContext.Current.TestOutputHelper?.WriteLine($"{sampled} tokens sampled when the first chunk with content had arrived");
        // The engine counts a step when it is over, so the count may be one behind.
        Assert.InRange(sampled, 0, 8);
        long all = (await StatusAsync()).GeneratedTokens - before;
        Assert.True(all > 20, $"{all} tokens in all say nothing about the first");
    }

    private async Task StreamAsync(int maxTokens, Func<Task>? onFirstContent)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = JsonContent.Create(new
            {
                model = PlatformFixture.Chat,
                messages = new[] { new { role = "user", content = "Tell me a long story about a fox and a river." } },
                temperature = 0,
                max_tokens = maxTokens,
                stream = true,
            }),
        };
        using HttpResponseMessage response = await platform.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync());
        bool first = true;
        int chunks = 0;
        while (await reader.ReadLineAsync() is { } line && chunks < 60)
        {
            if (!line.StartsWith(Data, StringComparison.Ordinal) || line == "data: [DONE]"
                || JsonNode.Parse(line[Data.Length..])!["choices"]!.AsArray() is not [{ } choice] || (string?)choice["delta"]?["content"] is not { Length: > 0 })
            {
                continue;
            }

            chunks++;
            if (first && onFirstContent is not null)
            {
                await onFirstContent();
            }

            first = false;
        }

        Assert.False(first);
    }

    private async Task IdleAsync()
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        while ((await StatusAsync()).ActiveSequences > 0)
        {
            await Task.Delay(5, limit.Token);
        }
    }

    private async Task<LoadedModel> StatusAsync() =>
        (await new Generation.GenerationClient(platform.Grpc).GetStatusAsync(new GetStatusRequest())).Models.Single(model => model.Model == PlatformFixture.Chat);
}
