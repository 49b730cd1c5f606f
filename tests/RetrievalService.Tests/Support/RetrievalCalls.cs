using Grpc.Core;
using LlmPlatform.Contracts.Retrieval.V1;
using RetrievalClient = LlmPlatform.Contracts.Retrieval.V1.Retrieval.RetrievalClient;

namespace LlmPlatform.RetrievalService.Tests.Support;

/// <summary>What tests do with collections and documents.</summary>
internal static class RetrievalCalls
{
    public static async Task<Collection> CreateAsync(this RetrievalClient client, bool keywordOnly = false) =>
        await client.CreateCollectionAsync(new CreateCollectionRequest { Name = "notes", KeywordOnly = keywordOnly });

    public static async Task<Document> IngestAsync(this RetrievalClient client, string collection, string file, Action<IngestDocumentRequest>? with = null)
    {
        IngestDocumentRequest request = new() { CollectionId = collection, FileId = file };
        with?.Invoke(request);
        return await client.IngestDocumentAsync(request);
    }

    public static async Task<Document> GetAsync(this RetrievalClient client, Document document) =>
        await client.GetDocumentAsync(new GetDocumentRequest { CollectionId = document.CollectionId, Id = document.Id });

    /// <summary>Waits until nothing is queued or running for a document.</summary>
    public static async Task<Document> SettledAsync(this RetrievalClient client, Document document)
    {
        Document now = document;
        await Eventually.TrueAsync(
            async () =>
            {
                now = await client.GetAsync(document);
                return now.Status is not (DocumentStatus.Queued or DocumentStatus.InProgress);
            },
            $"document {document.Id} settles");
        return now;
    }

    public static Task StatusAsync(this RetrievalClient client, Document document, DocumentStatus status) =>
        Eventually.TrueAsync(async () => (await client.GetAsync(document)).Status == status, $"document {document.Id} is {status}");

    public static async Task<List<string>> FindAsync(this RetrievalClient client, string collection, string query, Action<SearchRequest>? with = null)
    {
        SearchRequest request = new() { CollectionId = collection, Query = query };
        with?.Invoke(request);
        return [.. (await client.SearchAsync(request)).Results.Select(result => result.Passage.Text)];
    }

    public static async Task<string> TextAsync(this RetrievalClient client, Document document)
    {
        using AsyncServerStreamingCall<GetDocumentTextResponse> call =
            client.GetDocumentText(new GetDocumentTextRequest { CollectionId = document.CollectionId, Id = document.Id });
        string text = "";
        await foreach (GetDocumentTextResponse part in call.ResponseStream.ReadAllAsync())
        {
            text += part.Text;
        }

        return text;
    }
}
