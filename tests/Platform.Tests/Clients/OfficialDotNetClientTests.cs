using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using System.Text.Json;
using LlmPlatform.Hub.Safetensors;
using LlmPlatform.Testing;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Embeddings;
using OpenAI.Files;
using OpenAI.Models;
using OpenAI.VectorStores;

namespace LlmPlatform.Platform.Tests.Clients;

/// <summary>OpenAI's own .NET client against the running platform and real models.</summary>
public sealed class OfficialDotNetClientTests(PlatformFixture platform)
{
    private const float Tolerance = 1e-4f;
    private const int BatchSize = 32;

    private readonly OpenAIClient _client = new(
        new ApiKeyCredential("none"),
        new OpenAIClientOptions { Endpoint = new Uri(platform.Platform.Http, "/v1"), RetryPolicy = new ClientRetryPolicy(0) });

    [Fact]
    public async Task It_holds_a_streamed_chat()
    {
        PlatformFixture.RequireModel(PlatformFixture.Chat);
        ChatClient chat = _client.GetChatClient(PlatformFixture.Chat);
        List<ChatMessage> messages = [new UserChatMessage("What is the capital of France?")];
        string first = await AnswerAsync(chat, messages);
        Assert.Contains("Paris", first, StringComparison.Ordinal);

        messages.Add(new AssistantChatMessage(first));
        messages.Add(new UserChatMessage("And what is the capital of Italy?"));
        Assert.Contains("Rome", await AnswerAsync(chat, messages), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Category", "Golden")]
    public async Task It_gets_the_reference_vectors()
    {
        PlatformFixture.RequireModel(PlatformFixture.MiniLm);
        string golden = SharedData.Require("golden", "embeddings");
        string[] texts = [.. File.ReadLines(Path.Combine(golden, "texts.jsonl")).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("text").GetString()!)];
        float[][] expected = ReadRows(Path.Combine(golden, "embeddings.safetensors"));
        Assert.Equal(expected.Length, texts.Length);
        EmbeddingClient client = _client.GetEmbeddingClient(PlatformFixture.MiniLm);
        int compared = 0;
        foreach (int[] batch in Enumerable.Range(0, texts.Length).Where(index => texts[index].Length > 0).Chunk(BatchSize))
        {
            OpenAIEmbeddingCollection vectors = await client.GenerateEmbeddingsAsync(batch.Select(index => texts[index]));
            Assert.Equal(batch.Length, vectors.Count);
            Assert.True(vectors.Usage.InputTokenCount > batch.Length);
            foreach ((int index, OpenAIEmbedding vector) in batch.Zip(vectors))
            {
                float difference = expected[index].Zip(vector.ToFloats().ToArray(), (a, b) => Math.Abs(a - b)).Max();
                Assert.True(difference <= Tolerance, $"text {index} differs by {difference}");
                compared++;
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{compared} of {texts.Length} texts compared");
        Assert.True(compared > 0);
    }

    [Fact]
    public async Task It_lists_the_models()
    {
        OpenAIModelCollection models = await _client.GetOpenAIModelClient().GetModelsAsync();
        string[] expected = [PlatformFixture.TinyDecoder, PlatformFixture.TinyEncoder, .. PlatformFixture.RealModels().Keys];
        Assert.Empty(expected.Except(models.Select(model => model.Id)));
    }

    [Fact]
    public async Task An_unknown_model_is_an_error_of_its_own()
    {
        ClientResultException exception = await Assert.ThrowsAsync<ClientResultException>(
            async () => await _client.GetChatClient("no-such-model").CompleteChatAsync(new UserChatMessage("hello")));
        Assert.Equal(404, exception.Status);
        Assert.Contains("no-such-model", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_makes_fills_and_deletes_a_vector_store()
    {
#pragma warning disable OPENAI001 // The client's own mark for parts that may still change.
        OpenAIFile good = await _client.GetOpenAIFileClient().UploadFileAsync(BinaryData.FromString("# 빵\n\n빵은 밀로 굽는다."), "빵.md", FileUploadPurpose.Assistants);
        OpenAIFile bad = await _client.GetOpenAIFileClient().UploadFileAsync(BinaryData.FromBytes("%PDF-1.7 and no more"u8.ToArray()), "broken.pdf", FileUploadPurpose.Assistants);
        VectorStoreClient client = _client.GetVectorStoreClient();
        VectorStore store = await client.CreateVectorStoreAsync(new VectorStoreCreationOptions { Name = "from .NET", FileIds = { good.Id } });
        VectorStoreFileBatch batch = await client.AddFileBatchToVectorStoreAsync(store.Id, [good.Id, bad.Id]);
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        while (batch.Status == VectorStoreFileBatchStatus.InProgress)
        {
            await Task.Delay(100, limit.Token);
            batch = await client.GetVectorStoreFileBatchAsync(store.Id, batch.BatchId, limit.Token);
        }

        Assert.Equal((VectorStoreFileBatchStatus.Completed, 1, 1, 2), (batch.Status, batch.FileCounts.Completed, batch.FileCounts.Failed, batch.FileCounts.Total));
        VectorStoreFile failed = await client.GetVectorStoreFileAsync(store.Id, bad.Id);
        Assert.Equal((VectorStoreFileStatus.Failed, VectorStoreFileErrorCode.InvalidFile), (failed.Status, failed.LastError.Code));
        Assert.NotEmpty(failed.LastError.Message);
        VectorStore filled = await client.GetVectorStoreAsync(store.Id);
        Assert.Equal((1, 1, 2), (filled.FileCounts.Completed, filled.FileCounts.Failed, filled.FileCounts.Total));
        Assert.True((await client.DeleteVectorStoreAsync(store.Id)).Value.Deleted);
#pragma warning restore OPENAI001
    }

    private static async Task<string> AnswerAsync(ChatClient chat, IEnumerable<ChatMessage> messages)
    {
        StringBuilder text = new();
        ChatFinishReason? reason = null;
        ChatTokenUsage? usage = null;
        int updates = 0;
        await foreach (StreamingChatCompletionUpdate update in chat.CompleteChatStreamingAsync(
            messages, new ChatCompletionOptions { Temperature = 0, MaxOutputTokenCount = 48 }))
        {
            updates++;
            reason ??= update.FinishReason;
            usage ??= update.Usage;
            foreach (ChatMessageContentPart part in update.ContentUpdate)
            {
                text.Append(part.Text);
            }
        }

        Assert.NotNull(reason);
        Assert.NotNull(usage);
        Assert.True(usage.InputTokenCount > 0 && usage.OutputTokenCount > 0);
        Assert.Equal(usage.InputTokenCount + usage.OutputTokenCount, usage.TotalTokenCount);
        Assert.True(updates > usage.OutputTokenCount / 2, $"{updates} updates for {usage.OutputTokenCount} tokens are no stream");
        return text.ToString();
    }

    private static float[][] ReadRows(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Hub.Tensors.TensorInfo info = file.Tensors["embeddings"];
        float[] values = new float[info.Shape[0] * info.Shape[1]];
        file.ReadFloats(info, values);
        return [.. values.Chunk((int)info.Shape[1])];
    }
}
