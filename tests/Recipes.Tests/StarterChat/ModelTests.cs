using System.Security.Cryptography;
using System.Text.Json.Nodes;
using LlmPlatform.Hub;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Recipes.Data;
using LlmPlatform.Recipes.StarterChat;
using LlmPlatform.Tokenization;
using LlmPlatform.Tokenization.ChatTemplates;
using LlmPlatform.Tokenization.Trainers;

namespace LlmPlatform.Recipes.Tests.StarterChat;

public sealed class ModelTests : IDisposable
{
    private static readonly LlamaShape Shape = new(320, 64, 160, 2, 4, 2, 128);

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_fresh_model_is_a_model_for_chat()
    {
        string folder = await WriteAsync("model", seed: 1);
        ModelFolder model = ModelFolder.Open(folder);

        Assert.Null(model.UnsupportedReason);
        Assert.Equal([ChatTokenizer.EndId], model.EosTokenIds);
        Assert.NotNull(model.ChatTemplate);
        using ITensorFile weights = model.OpenWeights();
        float[] table = weights.ReadFloats("model.embed_tokens.weight", 320, 64);
        Assert.Equal(0, table.Average(value => (double)value), 1e-3);
        Assert.Equal(0.02, Math.Sqrt(table.Average(value => (double)value * value)), 1e-3);
        Assert.All(weights.ReadFloats("model.norm.weight", 64), value => Assert.Equal(1, value));
        Assert.Equal(0.01, Math.Sqrt(weights.ReadFloats("model.layers.1.mlp.down_proj.weight", 64, 160).Average(value => (double)value * value)), 1e-3);
    }

    [Fact]
    public async Task The_seed_decides_the_bytes()
    {
        byte[][] hashes = [];
        foreach ((string name, long seed) in new[] { ("a", 1L), ("b", 1L), ("c", 2L) })
        {
            hashes = [.. hashes, SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(await WriteAsync(name, seed), "model.safetensors"), Ct))];
        }

        Assert.Equal(hashes[0], hashes[1]);
        Assert.NotEqual(hashes[0], hashes[2]);
    }

    [Fact]
    public async Task Nothing_is_unknown_and_special_tokens_are_their_own()
    {
        Tokenizer tokenizer = ModelFolder.Open(await WriteAsync("model", seed: 1)).ReadTokenizer();
        const string Text = "<|user|>안녕 🙂 \u0000 Ünïcode<|end|>";

        int[] ids = tokenizer.EncodeIds(Text);

        Assert.Equal([1, 0], [ids[0], ids[^1]]);
        Assert.Equal(Text, tokenizer.Decode(ids, skipSpecialTokens: false));
        Assert.Equal(ChatTokenizer.EndId, tokenizer.TokenToId(ChatTokenizer.End));
    }

    [Fact]
    public async Task The_template_writes_what_the_texts_of_pretraining_have()
    {
        ChatTemplate template = ChatTemplate.Compile(ModelFolder.Open(await WriteAsync("model", seed: 1)).ChatTemplate!);
        Turn[] turns = [new("user", " Hello "), new("assistant", "Hi.")];

        Assert.Equal("<|user|>Hello<|end|><|assistant|>Hi.<|end|>", ChatTokenizer.Render(turns));
        Assert.Equal(ChatTokenizer.Render(turns), template.Render(Input(turns, prompt: false)));
        Assert.Equal("<|user|>Hello<|end|><|assistant|>", template.Render(Input(turns[..1], prompt: true)));
    }

    private static ChatTemplateInput Input(IEnumerable<Turn> turns, bool prompt) => new()
    {
        Messages = [.. turns.Select(turn => new JsonObject { ["role"] = turn.Role, ["content"] = turn.Content })],
        AddGenerationPrompt = prompt,
        TimeProvider = TimeProvider.System,
    };

    private async Task<string> WriteAsync(string name, long seed)
    {
        string folder = Path.Combine(_folder.Path, name);
        TrainedTokenizer tokenizer = ChatTokenizer.Train(["안녕하세요, 반갑습니다", "Hello, hello there"], Shape.VocabSize, Ct);
        ChatTokenizer.Save(tokenizer, folder, Shape.MaxPositionEmbeddings);
        await FreshLlama.WriteAsync(folder, Shape, seed, Ct);
        return folder;
    }
}
