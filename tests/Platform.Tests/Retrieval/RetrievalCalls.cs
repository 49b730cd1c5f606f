using System.Text;
using Google.Protobuf;
using Grpc.Core;
using LlmPlatform.Contracts.Files.V1;
using LlmPlatform.Contracts.Retrieval.V1;
using File = LlmPlatform.Contracts.Files.V1.File;
using RetrievalClient = LlmPlatform.Contracts.Retrieval.V1.Retrieval.RetrievalClient;

namespace LlmPlatform.Platform.Tests.Retrieval;

/// <summary>What tests do with collections, by gRPC as any caller does.</summary>
internal sealed class RetrievalCalls(CallInvoker invoker)
{
    private const int ParallelUploads = 8;

    private static readonly TimeSpan WeightLimit = TimeSpan.FromMinutes(5);

    private readonly Files.FilesClient _files = new(invoker);

    public RetrievalClient Client { get; } = new(invoker);

    public async Task<Collection> CreateAsync(string name, string? encoder, ChunkingOptions? chunking = null) =>
        await Client.CreateCollectionAsync(new CreateCollectionRequest { Name = name, EmbeddingModel = encoder ?? "", KeywordOnly = encoder is null, Chunking = chunking });

    public async Task<File> UploadAsync(string name, byte[] content, CancellationToken cancellationToken)
    {
        using AsyncClientStreamingCall<UploadRequest, File> call = _files.Upload(cancellationToken: cancellationToken);
        await call.RequestStream.WriteAsync(new UploadRequest { Header = new UploadHeader { Filename = name, Purpose = "assistants" } }, cancellationToken);
        await call.RequestStream.WriteAsync(new UploadRequest { Chunk = ByteString.CopyFrom(content) }, cancellationToken);
        await call.RequestStream.CompleteAsync();
        return await call;
    }

    /// <summary>Uploads a text and queues it.</summary>
    public async Task<Document> IngestAsync(string collection, string name, string text, IReadOnlyDictionary<string, AttributeValue>? attributes, CancellationToken cancellationToken)
    {
        File file = await UploadAsync(name, Encoding.UTF8.GetBytes(text), cancellationToken);
        IngestDocumentRequest request = new() { CollectionId = collection, FileId = file.Id };
        request.Attributes.Add(attributes?.ToDictionary() ?? []);
        return await Client.IngestDocumentAsync(request, cancellationToken: cancellationToken);
    }

    /// <summary>Queues many texts; the ids of the documents in the order of the texts.</summary>
    public async Task<string[]> IngestAllAsync(
        string collection, IReadOnlyList<(string Name, string Text)> texts, Func<int, IReadOnlyDictionary<string, AttributeValue>>? attributes, CancellationToken cancellationToken)
    {
        string[] ids = new string[texts.Count];
        await Parallel.ForAsync(0, texts.Count, new ParallelOptions { MaxDegreeOfParallelism = ParallelUploads, CancellationToken = cancellationToken }, async (i, cancellation) =>
            ids[i] = (await IngestAsync(collection, texts[i].Name, texts[i].Text, attributes?.Invoke(i), cancellation)).Id);
        return ids;
    }

    /// <summary>Waits until nothing is queued or running any more; the platform's own collection may not be there at once.</summary>
    public async Task<Collection> WaitAsync(string collection, TimeSpan limit, CancellationToken cancellationToken)
    {
        DateTime end = DateTime.UtcNow + limit;
        while (true)
        {
            Collection? now = await FindCollectionAsync(collection, cancellationToken);
            if (now is { Reindexing: null, Documents: { Total: > 0, Queued: 0, InProgress: 0 } })
            {
                return now;
            }

            Assert.True(DateTime.UtcNow < end, $"after {limit}: {now?.Documents}");
            await Task.Delay(200, cancellationToken);
        }
    }

    /// <summary>Waits until a collection's dense weight has been measured on its text.</summary>
    public async Task<Collection> WaitForWeightAsync(string collection, CancellationToken cancellationToken)
    {
        DateTime end = DateTime.UtcNow + WeightLimit;
        while (true)
        {
            Collection now = await Client.GetCollectionAsync(new GetCollectionRequest { Id = collection }, cancellationToken: cancellationToken);
            if (now.DenseWeightSource == "measured")
            {
                return now;
            }

            Assert.True(DateTime.UtcNow < end, $"the dense weight is still {now.DenseWeightSource}");
            await Task.Delay(500, cancellationToken);
        }
    }

    /// <summary>All documents of a collection.</summary>
    public async Task<List<Document>> ListAsync(string collection, CancellationToken cancellationToken)
    {
        List<Document> documents = [];
        string page = "";
        do
        {
            ListDocumentsResponse response = await Client.ListDocumentsAsync(
                new ListDocumentsRequest { CollectionId = collection, PageSize = 200, PageToken = page }, cancellationToken: cancellationToken);
            documents.AddRange(response.Documents);
            page = response.NextPageToken;
        }
        while (page.Length > 0);
        return documents;
    }

    /// <summary>The documents found, each once, best first.</summary>
    public async Task<List<string>> FindAsync(SearchRequest request, CancellationToken cancellationToken) =>
        [.. (await Client.SearchAsync(request, cancellationToken: cancellationToken)).Results.Select(result => result.Passage.DocumentId).Distinct()];

    /// <summary>Asks, and gives all that comes.</summary>
    public async Task<List<AskResponse>> AskAsync(AskRequest request, CancellationToken cancellationToken)
    {
        using AsyncServerStreamingCall<AskResponse> call = Client.Ask(request, cancellationToken: cancellationToken);
        List<AskResponse> events = [];
        await foreach (AskResponse response in call.ResponseStream.ReadAllAsync(cancellationToken))
        {
            events.Add(response);
        }

        return events;
    }

    private async Task<Collection?> FindCollectionAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return await Client.GetCollectionAsync(new GetCollectionRequest { Id = id }, cancellationToken: cancellationToken);
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
    }
}
