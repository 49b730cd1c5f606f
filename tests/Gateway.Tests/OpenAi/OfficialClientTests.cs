using System.ClientModel;
using System.Text;
using LlmPlatform.Gateway.Tests.Fakes;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Embeddings;
using OpenAI.Files;
using OpenAI.Models;
using OpenAI.VectorStores;

namespace LlmPlatform.Gateway.Tests.OpenAi;

/// <summary>OpenAI's own .NET client against the gateway.</summary>
[Collection(GatewayCollection.Name)]
public sealed class OfficialClientTests(GatewayHost host)
{
    private readonly OpenAIClient _client = new(
        new ApiKeyCredential("none"),
        new OpenAIClientOptions { Endpoint = new Uri(host.HttpAddress, "/v1"), RetryPolicy = new System.ClientModel.Primitives.ClientRetryPolicy(0) });

    [Fact]
    public async Task It_holds_a_chat()
    {
        host.Calls.Chats.Clear();
        ChatCompletion answer = await _client.GetChatClient("chat").CompleteChatAsync(
            [new SystemChatMessage("Be brief."), new UserChatMessage("Hi"), new AssistantChatMessage("Yes?"), new UserChatMessage("Go on")],
            new ChatCompletionOptions { Temperature = 0.5f, MaxOutputTokenCount = 9, StopSequences = { "END" } },
            TestContext.Current.CancellationToken);

        Assert.Equal(string.Concat(FakeGeneration.Pieces), answer.Content[0].Text);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.Equal(17, answer.Usage.TotalTokenCount);
        Contracts.Generation.V1.ChatRequest request = Assert.Single(host.Calls.Chats);
        Assert.Equal(["system", "user", "assistant", "user"], request.Messages.Select(message => message.Role));
        Assert.Equal(9, request.Stopping.MaxTokens);
        Assert.Equal("END", Assert.Single(request.Stopping.Stop));
    }

    [Fact]
    public async Task It_holds_a_streamed_chat()
    {
        StringBuilder text = new();
        ChatFinishReason? reason = null;
        ChatTokenUsage? usage = null;
        int updates = 0;
        await foreach (StreamingChatCompletionUpdate update in _client.GetChatClient("short").CompleteChatStreamingAsync(
            [new UserChatMessage("Hi")], cancellationToken: TestContext.Current.CancellationToken))
        {
            updates++;
            reason ??= update.FinishReason;
            usage ??= update.Usage;
            foreach (ChatMessageContentPart part in update.ContentUpdate)
            {
                text.Append(part.Text);
            }
        }

        Assert.Equal(string.Concat(FakeGeneration.Pieces), text.ToString());
        Assert.Equal(ChatFinishReason.Length, reason);
        Assert.Equal(5, usage?.OutputTokenCount);
        Assert.True(updates >= FakeGeneration.Pieces.Length);
    }

    [Fact]
    public async Task It_gets_embeddings()
    {
        EmbeddingClient client = _client.GetEmbeddingClient("e5");
        OpenAIEmbeddingCollection vectors = await client.GenerateEmbeddingsAsync(
            ["one", "three"], new EmbeddingGenerationOptions { Dimensions = 2 }, TestContext.Current.CancellationToken);

        Assert.Equal([3f, 0.5f], vectors[0].ToFloats().ToArray());
        Assert.Equal([5f, 0.5f], vectors[1].ToFloats().ToArray());
        Assert.Equal(8, vectors.Usage.TotalTokenCount);
    }

    [Fact]
    public async Task It_uploads_lists_downloads_and_deletes_files()
    {
        OpenAIFileClient client = _client.GetOpenAIFileClient();
        byte[] content = Encoding.UTF8.GetBytes("{\"a\": 1}\n");
        OpenAIFile file = await client.UploadFileAsync(BinaryData.FromBytes(content), "data.jsonl", FileUploadPurpose.FineTune);

        Assert.Equal("data.jsonl", file.Filename);
        Assert.Equal(FilePurpose.FineTune, file.Purpose);
        Assert.Equal(content.Length, file.SizeInBytes);
        Assert.Contains((await client.GetFilesAsync(TestContext.Current.CancellationToken)).Value, found => found.Id == file.Id);
        Assert.Equal(content, (await client.DownloadFileAsync(file.Id, TestContext.Current.CancellationToken)).Value.ToArray());
        Assert.True((await client.DeleteFileAsync(file.Id, TestContext.Current.CancellationToken)).Value.Deleted);
    }

    [Fact]
    public async Task It_makes_fills_and_deletes_a_vector_store()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
#pragma warning disable OPENAI001 // The client's own mark for parts that may still change.
        VectorStoreClient client = _client.GetVectorStoreClient();
        OpenAIFile file = await _client.GetOpenAIFileClient().UploadFileAsync(BinaryData.FromString("글"), "글.txt", FileUploadPurpose.Assistants);
        VectorStore store = await client.CreateVectorStoreAsync(new VectorStoreCreationOptions { Name = "from .NET", Metadata = { ["k"] = "v" } }, cancellation);
        Assert.Equal(("from .NET", "v", VectorStoreStatus.Completed), (store.Name, store.Metadata["k"], store.Status));

        VectorStoreFile added = await client.AddFileToVectorStoreAsync(store.Id, file.Id, cancellation);
        for (int looked = 0; added.Status == VectorStoreFileStatus.InProgress && looked < 10; looked++)
        {
            added = await client.GetVectorStoreFileAsync(store.Id, file.Id, cancellation);
        }

        Assert.Equal((VectorStoreFileStatus.Completed, file.Id, store.Id), (added.Status, added.FileId, added.VectorStoreId));
        VectorStore filled = await client.GetVectorStoreAsync(store.Id, cancellation);
        Assert.Equal((1, 1), (filled.FileCounts.Completed, filled.FileCounts.Total));
        VectorStoreFileBatch batch = await client.AddFileBatchToVectorStoreAsync(store.Id, [file.Id], cancellation);
        Assert.Equal(1, batch.FileCounts.Total);
        List<string> listed = [];
        await foreach (VectorStoreFile one in client.GetVectorStoreFilesAsync(store.Id, cancellationToken: cancellation))
        {
            listed.Add(one.FileId);
        }

        Assert.Equal([file.Id], listed);
        Assert.True((await client.RemoveFileFromVectorStoreAsync(store.Id, file.Id, cancellation)).Value.Removed);
        Assert.True((await client.DeleteVectorStoreAsync(store.Id, cancellation)).Value.Deleted);
#pragma warning restore OPENAI001
    }

    [Fact]
    public async Task It_lists_models()
    {
        OpenAIModelCollection models = await _client.GetOpenAIModelClient().GetModelsAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["chat", "Org/With-Slash", "other"], models.Select(model => model.Id));
        OpenAIModel one = await _client.GetOpenAIModelClient().GetModelAsync("Org/With-Slash", TestContext.Current.CancellationToken);
        Assert.Equal("platform", one.OwnedBy);
    }

    [Fact]
    public async Task It_understands_errors()
    {
        ClientResultException error = await Assert.ThrowsAsync<ClientResultException>(
            () => _client.GetChatClient("missing").CompleteChatAsync([new UserChatMessage("Hi")], cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(404, error.Status);
        Assert.Contains("model_not_found", error.Message);
    }
}
