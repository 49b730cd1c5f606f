using Grpc.Core;
using LlmPlatform.RetrievalService.Answering;
using LlmPlatform.RetrievalService.Collections;
using LlmPlatform.RetrievalService.Documents;
using LlmPlatform.RetrievalService.Searching;
using Wire = LlmPlatform.Contracts.Retrieval.V1;

namespace LlmPlatform.RetrievalService;

/// <summary>llmplatform.retrieval.v1.Retrieval: each call goes to the handlers of its concept.</summary>
internal sealed class RetrievalGrpc(CollectionHandlers collections, DocumentHandlers documents, SearchHandler search, AskHandler ask)
    : Wire.Retrieval.RetrievalBase
{
    public override Task<Wire.Collection> CreateCollection(Wire.CreateCollectionRequest request, ServerCallContext context) => collections.CreateAsync(request, context);

    public override Task<Wire.Collection> GetCollection(Wire.GetCollectionRequest request, ServerCallContext context) => collections.GetAsync(request, context);

    public override Task<Wire.ListCollectionsResponse> ListCollections(Wire.ListCollectionsRequest request, ServerCallContext context) => collections.ListAsync(request, context);

    public override Task<Wire.Collection> UpdateCollection(Wire.UpdateCollectionRequest request, ServerCallContext context) => collections.UpdateAsync(request, context);

    public override Task<Wire.DeleteCollectionResponse> DeleteCollection(Wire.DeleteCollectionRequest request, ServerCallContext context) => collections.DeleteAsync(request, context);

    public override Task<Wire.Collection> ReindexCollection(Wire.ReindexCollectionRequest request, ServerCallContext context) => collections.ReindexAsync(request, context);

    public override Task<Wire.Document> IngestDocument(Wire.IngestDocumentRequest request, ServerCallContext context) => documents.IngestAsync(request, context);

    public override Task<Wire.Document> GetDocument(Wire.GetDocumentRequest request, ServerCallContext context) => documents.GetAsync(request, context);

    public override Task<Wire.ListDocumentsResponse> ListDocuments(Wire.ListDocumentsRequest request, ServerCallContext context) => documents.ListAsync(request, context);

    public override Task<Wire.Document> UpdateDocument(Wire.UpdateDocumentRequest request, ServerCallContext context) => documents.UpdateAsync(request, context);

    public override Task GetDocumentText(Wire.GetDocumentTextRequest request, IServerStreamWriter<Wire.GetDocumentTextResponse> responseStream, ServerCallContext context) =>
        documents.GetTextAsync(request, responseStream, context);

    public override Task<Wire.Document> CancelIngest(Wire.CancelIngestRequest request, ServerCallContext context) => documents.CancelAsync(request, context);

    public override Task<Wire.Document> RetryIngest(Wire.RetryIngestRequest request, ServerCallContext context) => documents.RetryAsync(request, context);

    public override Task<Wire.DeleteDocumentResponse> DeleteDocument(Wire.DeleteDocumentRequest request, ServerCallContext context) => documents.DeleteAsync(request, context);

    public override Task<Wire.SearchResponse> Search(Wire.SearchRequest request, ServerCallContext context) => search.SearchAsync(request, context);

    public override Task Ask(Wire.AskRequest request, IServerStreamWriter<Wire.AskResponse> responseStream, ServerCallContext context) => ask.AskAsync(request, responseStream, context);
}
