using Grpc.Core;
using LlmPlatform.Contracts.Generation.V1;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.Contracts.Tokenizer.V1;
using LlmPlatform.Platform.Tests.Samples;
using LlmPlatform.Platform.Tests.Tenancy;

namespace LlmPlatform.Platform.Tests.Services;

public sealed class AdapterTests(PlatformFixture platform) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("adapters").FullName;
    private readonly Models.ModelsClient _models = new(platform.Grpc);
    private readonly Generation.GenerationClient _generation = new(platform.Grpc);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task An_adapter_answers_under_its_own_name_as_the_merged_model_does()
    {
        ModelVersion tiny = await DecoderAsync("adapted-base");
        ModelVersion adapter = await AdapterAsync("adapted", 1, tiny);
        ModelVersion merged = await _models.MergeAsync(new MergeModelRequest { Model = "adapted", Name = "adapted-merged", Dtype = "float32" });
        int[] plain = await TokensAsync("adapted-base");
        int[] active = await TokensAsync("adapted");
        Assert.NotEqual(plain, active);
        Assert.Equal(active, await TokensAsync(merged.Name));

        // The base is as it was, and its tokenizer and chat template serve the adapter too.
        Assert.Equal(plain, await TokensAsync("adapted-base"));
        Tokenizer.TokenizerClient tokenizer = new(platform.Grpc);
        EncodeRequest text = new() { Model = "adapted", Text = "the cat sits" };
        EncodeResponse own = await tokenizer.EncodeAsync(text);
        text.Model = "adapted-base";
        Assert.Equal((await tokenizer.EncodeAsync(text)).Encoding.Ids, own.Encoding.Ids);
        Assert.Equal(("adapted", adapter.Version), (own.Model, own.Version));
        Assert.Equal(("adapted", adapter.Version), Served(await ChatAsync("adapted")));
        Assert.Contains("\"adapted\"", await platform.Http.GetStringAsync("/v1/models"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_next_chat_is_answered_by_the_version_just_promoted_and_a_running_one_by_its_own()
    {
        ModelVersion tiny = await DecoderAsync("promoted-base");
        ModelVersion first = await AdapterAsync("promoted", 1, tiny);
        ModelVersion second = await AdapterAsync("promoted", 2, tiny);
        Assert.Equal(first.Version, Served(await ChatAsync("promoted")).Version);

        const int Tokens = 3000;
        using AsyncServerStreamingCall<GenerateResponse> running = _generation.Generate(Request("promoted", Tokens));
        Assert.True(await running.ResponseStream.MoveNext());
        List<GenerateResponse> parts = [running.ResponseStream.Current];
        await _models.PromoteAsync(new PromoteRequest { Name = "promoted", Alias = "default", Version = second.Version, ExpectedVersion = first.Version });
        Assert.Equal(second.Version, Served(await ChatAsync("promoted")).Version);

        parts.AddRange(await running.ResponseStream.ReadAllAsync().ToListAsync());
        Assert.All(parts, part => Assert.Equal(first.Version, part.Version));
        Assert.Equal(Tokens, parts.Sum(part => part.TokenIds.Count));
    }

    [Fact]
    public async Task The_same_adapter_over_two_bases_is_two_models()
    {
        ModelVersion one = await DecoderAsync("base-one");
        ModelVersion two = await DecoderAsync("base-two", seed: 77);
        ModelVersion overOne = await AdapterAsync("over-one", 1, one);
        ModelVersion overTwo = await AdapterAsync("over-two", 1, two);
        Assert.Equal(overOne.Version, overTwo.Version);
        Assert.NotEqual(await TokensAsync("over-one"), await TokensAsync("over-two"));
    }

    private static GenerateRequest Request(string model, int tokens) => new()
    {
        Model = model,
        Prompt = "the cat sits on the mat",
        Sampling = new SamplingParameters { Temperature = 0 },
        Stopping = new StoppingParameters { MaxTokens = tokens, IgnoreEos = true },
    };

    private static (string Model, string Version) Served(List<ChatResponse> parts) => (parts[^1].Model, parts[^1].Version);

    private async Task<ModelVersion> DecoderAsync(string name, int seed = 1) => await TenantSetup.RegisterAsync(
        platform.Grpc, name, await TinyModels.WriteDecoderAsync(Path.Combine(_folder, name), seed, maxPositions: 4096));

    private async Task<ModelVersion> AdapterAsync(string name, int seed, ModelVersion tiny) => await TenantSetup.RegisterAsync(
        platform.Grpc, name, await TinyAdapters.WriteAsync(Path.Combine(_folder, $"{name}-{seed}"), seed), $"{tiny.Name}@{tiny.Version}");

    private async Task<int[]> TokensAsync(string model)
    {
        using AsyncServerStreamingCall<GenerateResponse> call = _generation.Generate(Request(model, 24));
        return [.. (await call.ResponseStream.ReadAllAsync().ToListAsync()).SelectMany(part => part.TokenIds)];
    }

    private async Task<List<ChatResponse>> ChatAsync(string model)
    {
        using AsyncServerStreamingCall<ChatResponse> call = _generation.Chat(new ChatRequest
        {
            Model = model,
            Messages = { new ChatMessage { Role = "user", Content = "hello" } },
            Stopping = new StoppingParameters { MaxTokens = 4 },
        });
        return await call.ResponseStream.ReadAllAsync().ToListAsync();
    }
}
