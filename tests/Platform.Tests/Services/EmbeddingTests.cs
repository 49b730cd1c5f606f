using System.Runtime.InteropServices;
using System.Text.Json;
using Grpc.Core;
using LlmPlatform.Contracts.Embedding.V1;
using LlmPlatform.Contracts.Tokenizer.V1;
using LlmPlatform.Hub.Safetensors;
using LlmPlatform.Testing;
using EmbeddingTokenIds = LlmPlatform.Contracts.Embedding.V1.TokenIds;

namespace LlmPlatform.Platform.Tests.Services;

public sealed class EmbeddingTests(PlatformFixture platform)
{
    private const int BatchSize = 32;
    private const float Tolerance = 1e-4f;

    private readonly Embedding.EmbeddingClient _client = new(platform.Grpc);

    [Theory]
    [InlineData(PlatformFixture.MiniLm, "")]
    [InlineData(PlatformFixture.MultilingualE5, "multilingual-e5")]
    [Trait("Category", "Golden")]
    public async Task Streams_the_reference_vectors_in_order(string model, string folder)
    {
        PlatformFixture.RequireModel(model);
        string golden = SharedData.Require("golden", "embeddings", folder);
        GoldenText[] texts = [.. File.ReadLines(Path.Combine(golden, "texts.jsonl")).Select(line => JsonSerializer.Deserialize<GoldenText>(line, JsonSerializerOptions.Web)!)];
        float[][] expected = ReadRows(Path.Combine(golden, "embeddings.safetensors"), "embeddings");
        int compared = 0;

        // Queries and passages have prompts of their own; the others none.
        foreach (IGrouping<InputType, GoldenText> kind in texts.GroupBy(text => InputTypeOf(text.Kind)))
        {
            GoldenText[] group = [.. kind];
            EmbeddingVector[] vectors = await StreamAsync(model, kind.Key, [.. group.Select(text => text.Text)]);
            Assert.Equal(group.Length, vectors.Length);
            for (int i = 0; i < group.Length; i++)
            {
                float[] actual = Unpack(vectors[i].Values.Span);
                float difference = expected[group[i].Id].Zip(actual, (a, b) => Math.Abs(a - b)).Max();
                Assert.True(difference <= Tolerance, $"text {group[i].Id} ({group[i].Kind}) differs by {difference}");
                Assert.Equal(group[i].Ids.Length, vectors[i].TokenCount);
                Assert.Equal(group[i].TokensFull > group[i].Ids.Length, vectors[i].Truncated);
                compared++;
            }
        }

        Assert.Equal(texts.Length, compared);
    }

    [Fact]
    public async Task Input_types_choose_the_prompts_that_the_model_has()
    {
        // The model has the prompts query and passage, and no default.
        float[] unset = await EmbedAsync("cat", InputType.Unspecified);
        float[] none = await EmbedAsync("cat", InputType.None);
        float[] query = await EmbedAsync("cat", InputType.Query);
        float[] document = await EmbedAsync("cat", InputType.Document);
        Assert.Equal(none, unset);
        Assert.NotEqual(none, query);
        Assert.NotEqual(none, document);
        Assert.NotEqual(query, document);
    }

    [Fact]
    public async Task Token_ids_give_the_vector_of_their_text()
    {
        EncodeResponse encoded = await new Tokenizer.TokenizerClient(platform.Grpc).EncodeAsync(new EncodeRequest
        {
            Model = PlatformFixture.TinyEncoder,
            Text = "the cat sits",
            Options = new EncodeOptions { AddSpecialTokens = false },
        });
        EmbedResponse response = await _client.EmbedAsync(new EmbedRequest
        {
            Model = PlatformFixture.TinyEncoder,
            Inputs =
            {
                new EmbedInput { Tokens = new EmbeddingTokenIds { Ids = { encoded.Encoding.Ids } } },
                new EmbedInput { Text = "a dog" },
                new EmbedInput { Text = "the cat sits" },
            },
            Options = new EmbedOptions { InputType = InputType.None },
        });
        Assert.Equal(response.Embeddings[2].Values, response.Embeddings[0].Values);
        Assert.NotEqual(response.Embeddings[1].Values, response.Embeddings[0].Values);
        Assert.Equal(response.Embeddings.Sum(embedding => embedding.TokenCount), response.Usage.PromptTokens);
    }

    [Fact]
    public async Task Fewer_dimensions_are_the_first_ones_with_unit_length()
    {
        float[] all = await EmbedAsync("the cat sits", InputType.None);
        EmbedResponse response = await _client.EmbedAsync(new EmbedRequest
        {
            Model = PlatformFixture.TinyEncoder,
            Inputs = { new EmbedInput { Text = "the cat sits" } },
            Options = new EmbedOptions { InputType = InputType.None, Dimensions = 4 },
        });
        float[] few = Unpack(response.Embeddings[0].Values.Span);
        float length = MathF.Sqrt(all.Take(4).Sum(value => value * value));
        Assert.Equal(4, response.Dimensions);
        Assert.Equal(all.Take(4).Select(value => value / length), few, (a, b) => Math.Abs(a - b) < 1e-5f);
    }

    [Fact]
    public async Task Similarity_is_the_cosine_of_the_vectors()
    {
        SimilarityResponse response = await _client.SimilarityAsync(new SimilarityRequest
        {
            Model = PlatformFixture.TinyEncoder,
            Sources = { "cat", "dog" },
            Targets = { "cat", "mat", "Seoul" },
            SourceInputType = InputType.None,
            TargetInputType = InputType.None,
        });
        float[] scores = Unpack(response.Scores.Span);
        Assert.Equal("cosine", response.SimilarityFnName);
        Assert.Equal(6, scores.Length);
        Assert.Equal(1, scores[0], 1e-5f);
        float[] dog = await EmbedAsync("dog", InputType.None);
        float[] seoul = await EmbedAsync("Seoul", InputType.None);
        float cosine = dog.Zip(seoul, (a, b) => a * b).Sum() / (Length(dog) * Length(seoul));
        Assert.Equal(cosine, scores[5], 1e-5f);
    }

    [Fact]
    public async Task A_text_over_the_limit_is_cut_or_refused_as_asked()
    {
        EmbedRequest request = new() { Model = PlatformFixture.TinyEncoder, Inputs = { new EmbedInput { Text = string.Join(' ', Enumerable.Repeat("cat", 500)) } } };
        EmbedResponse cut = await _client.EmbedAsync(request);
        Assert.True(cut.Embeddings[0].Truncated);

        request.Options = new EmbedOptions { Truncate = false };
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await _client.EmbedAsync(request));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Contains("tokens", error.Status.Detail, StringComparison.Ordinal);
    }

    private async Task<float[]> EmbedAsync(string text, InputType inputType)
    {
        EmbedResponse response = await _client.EmbedAsync(new EmbedRequest
        {
            Model = PlatformFixture.TinyEncoder,
            Inputs = { new EmbedInput { Text = text } },
            Options = new EmbedOptions { InputType = inputType },
        });
        return Unpack(response.Embeddings[0].Values.Span);
    }

    private async Task<EmbeddingVector[]> StreamAsync(string model, InputType inputType, string[] texts)
    {
        using AsyncDuplexStreamingCall<EmbedStreamRequest, EmbedStreamResponse> call = _client.EmbedStream();
        Task writing = Task.Run(async () =>
        {
            foreach (string[] batch in texts.Chunk(BatchSize))
            {
                EmbedStreamRequest request = new() { Model = model, Options = new EmbedOptions { InputType = inputType } };
                request.Inputs.AddRange(batch.Select(text => new EmbedInput { Text = text }));
                await call.RequestStream.WriteAsync(request);
            }

            await call.RequestStream.CompleteAsync();
        });
        List<EmbeddingVector> vectors = [];
        await foreach (EmbedStreamResponse response in call.ResponseStream.ReadAllAsync())
        {
            Assert.Equal(vectors.Count, response.FirstIndex);
            vectors.AddRange(response.Embeddings);
        }

        await writing;
        return [.. vectors];
    }

    private static InputType InputTypeOf(string kind) => kind switch
    {
        "query" => InputType.Query,
        "passage" => InputType.Document,
        _ => InputType.Unspecified,
    };

    private static float[][] ReadRows(string path, string tensor)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Hub.Tensors.TensorInfo info = file.Tensors[tensor];
        float[] values = new float[info.Shape[0] * info.Shape[1]];
        file.ReadFloats(info, values);
        return [.. values.Chunk((int)info.Shape[1])];
    }

    private static float[] Unpack(ReadOnlySpan<byte> bytes) => MemoryMarshal.Cast<byte, float>(bytes).ToArray();

    private static float Length(float[] vector) => MathF.Sqrt(vector.Sum(value => value * value));

    private sealed record GoldenText(int Id, string Kind, string Text, int[] Ids, [property: System.Text.Json.Serialization.JsonPropertyName("tokens_full")] int TokensFull);
}
