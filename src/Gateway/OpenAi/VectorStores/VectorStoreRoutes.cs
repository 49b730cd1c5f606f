using LlmPlatform.Gateway.ApiDocs;
using LlmPlatform.Gateway.OpenAi.VectorStores.Ask;
using LlmPlatform.Gateway.OpenAi.VectorStores.Batches;
using LlmPlatform.Gateway.OpenAi.VectorStores.Files;
using LlmPlatform.Gateway.OpenAi.VectorStores.Search;
using LlmPlatform.Gateway.OpenAi.VectorStores.Stores;

namespace LlmPlatform.Gateway.OpenAi.VectorStores;

/// <summary><c>/v1/vector_stores</c>.</summary>
internal static class VectorStoreRoutes
{
    private const string Json = "application/json";
    private const string Any = OperationDetails.AnyContentType;
    private const string Stores = "Vector stores";
    private const string StoreFiles = "Vector store files";
    private const string FileBatches = "Vector store file batches";
    private const string Paging = "Query: limit (1 to 100), order, after, before";

    public static IServiceCollection AddVectorStores(this IServiceCollection services) => services
        .AddTransient<StoredFiles>()
        .AddTransient<VectorStoreEndpoints>()
        .AddTransient<VectorStoreFileEndpoints>()
        .AddTransient<FileBatchEndpoints>()
        .AddTransient<SearchEndpoint>()
        .AddTransient<AskEndpoint>();

    public static void MapVectorStores(this RouteGroupBuilder v1)
    {
        MapStores(v1);
        MapFiles(v1);
        MapBatches(v1);
    }

    private static void MapStores(RouteGroupBuilder v1)
    {
        v1.MapPost("/vector_stores", (HttpContext http, VectorStoreEndpoints endpoint) => endpoint.CreateAsync(http))
            .Describe("createVectorStore", Stores, "Makes a vector store. The header Idempotency-Key makes a repeated request give the same one.")
            .Accepts<CreateVectorStoreRequest>(Json, Any)
            .Produces<VectorStore>();
        v1.MapGet("/vector_stores", (HttpContext http, VectorStoreEndpoints endpoint) => endpoint.ListAsync(http))
            .Describe("listVectorStores", Stores, $"Lists the vector stores the caller may read, the newest first. {Paging}.")
            .Produces<VectorStoreList>();
        v1.MapGet("/vector_stores/{id}", (HttpContext http, string id, VectorStoreEndpoints endpoint) => endpoint.GetAsync(http, id))
            .Describe("getVectorStore", Stores, "Describes a vector store.")
            .Produces<VectorStore>();
        v1.MapPost("/vector_stores/{id}", (HttpContext http, string id, VectorStoreEndpoints endpoint) => endpoint.UpdateAsync(http, id))
            .Describe("modifyVectorStore", Stores, "Changes a vector store's name, metadata or weight of meaning.")
            .Accepts<UpdateVectorStoreRequest>(Json, Any)
            .Produces<VectorStore>();
        v1.MapDelete("/vector_stores/{id}", (HttpContext http, string id, VectorStoreEndpoints endpoint) => endpoint.DeleteAsync(http, id))
            .Describe("deleteVectorStore", Stores, "Deletes a vector store and all that was made of its files; the files stay.")
            .Produces<VectorStoreDeleted>();
        v1.MapPost("/vector_stores/{id}/search", (HttpContext http, string id, SearchEndpoint endpoint) => endpoint.HandleAsync(http, id))
            .Describe("searchVectorStore", Stores, "Finds passages by words and by meaning.")
            .Accepts<SearchVectorStoreRequest>(Json, Any)
            .Produces<SearchResultsPage>();
        v1.MapPost("/vector_stores/{id}/ask", (HttpContext http, string id, AskEndpoint endpoint) => endpoint.HandleAsync(http, id))
            .Describe("askVectorStore", Stores, "Answers a question from the documents, with citations. Not part of OpenAI's API.")
            .Accepts<AskVectorStoreRequest>(Json, Any)
            .Produces<AskAnswer>()
            .WithMetadata(new StreamedAnswer(typeof(AskEvent)));
    }

    private static void MapFiles(RouteGroupBuilder v1)
    {
        v1.MapPost("/vector_stores/{id}/files", (HttpContext http, string id, VectorStoreFileEndpoints endpoint) => endpoint.CreateAsync(http, id))
            .Describe("createVectorStoreFile", StoreFiles, "Adds a file, which is indexed in the background.")
            .Accepts<CreateVectorStoreFileRequest>(Json, Any)
            .Produces<VectorStoreFile>();
        v1.MapGet("/vector_stores/{id}/files", (HttpContext http, string id, VectorStoreFileEndpoints endpoint) => endpoint.ListAsync(http, id))
            .Describe("listVectorStoreFiles", StoreFiles, $"Lists a vector store's files, the newest first. {Paging}, filter (a status).")
            .Produces<VectorStoreFileList>();
        v1.MapGet("/vector_stores/{id}/files/{file}", (HttpContext http, string id, string file, VectorStoreFileEndpoints endpoint) => endpoint.GetAsync(http, id, file))
            .Describe("getVectorStoreFile", StoreFiles, "Describes a file, with its progress or why it failed.")
            .Produces<VectorStoreFile>();
        v1.MapPost("/vector_stores/{id}/files/{file}", (HttpContext http, string id, string file, VectorStoreFileEndpoints endpoint) => endpoint.UpdateAsync(http, id, file))
            .Describe("updateVectorStoreFileAttributes", StoreFiles, "Replaces a file's attributes; nothing is indexed again.")
            .Accepts<UpdateVectorStoreFileRequest>(Json, Any)
            .Produces<VectorStoreFile>();
        v1.MapDelete("/vector_stores/{id}/files/{file}", (HttpContext http, string id, string file, VectorStoreFileEndpoints endpoint) => endpoint.DeleteAsync(http, id, file))
            .Describe("deleteVectorStoreFile", StoreFiles, "Takes a file out of a vector store; the file itself stays.")
            .Produces<VectorStoreFileDeleted>();
        v1.MapGet("/vector_stores/{id}/files/{file}/content", (HttpContext http, string id, string file, VectorStoreFileEndpoints endpoint) => endpoint.ContentAsync(http, id, file))
            .Describe("retrieveVectorStoreFileContent", StoreFiles, "The text that was read from a file: what the offsets of passages and citations count in.")
            .Produces<VectorStoreFileContent>();
    }

    private static void MapBatches(RouteGroupBuilder v1)
    {
        v1.MapPost("/vector_stores/{id}/file_batches", (HttpContext http, string id, FileBatchEndpoints endpoint) => endpoint.CreateAsync(http, id))
            .Describe("createVectorStoreFileBatch", FileBatches, "Adds several files at once.")
            .Accepts<CreateFileBatchRequest>(Json, Any)
            .Produces<FileBatch>();
        v1.MapGet("/vector_stores/{id}/file_batches/{batch}", (HttpContext http, string id, string batch, FileBatchEndpoints endpoint) => endpoint.GetAsync(http, id, batch))
            .Describe("getVectorStoreFileBatch", FileBatches, "Says how far a batch is.")
            .Produces<FileBatch>();
        v1.MapPost("/vector_stores/{id}/file_batches/{batch}/cancel", (HttpContext http, string id, string batch, FileBatchEndpoints endpoint) => endpoint.CancelAsync(http, id, batch))
            .Describe("cancelVectorStoreFileBatch", FileBatches, "Ends the indexing of the batch's files that are not done.")
            .Produces<FileBatch>();
        v1.MapGet("/vector_stores/{id}/file_batches/{batch}/files", (HttpContext http, string id, string batch, FileBatchEndpoints endpoint) => endpoint.ListAsync(http, id, batch))
            .Describe("listFilesInVectorStoreBatch", FileBatches, $"Lists a batch's files. {Paging}, filter (a status).")
            .Produces<VectorStoreFileList>();
    }
}
