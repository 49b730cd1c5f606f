using Grpc.Core;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.OpenAi.Requests;
using LlmPlatform.Gateway.OpenAi.VectorStores.Files;
using LlmPlatform.Gateway.OpenAi.VectorStores.Values;
using LlmPlatform.ServiceDefaults.Errors;
using RetrievalClient = LlmPlatform.Contracts.Retrieval.V1.Retrieval.RetrievalClient;

namespace LlmPlatform.Gateway.OpenAi.VectorStores.Batches;

/// <summary><c>/v1/vector_stores/{id}/file_batches</c>.</summary>
internal sealed class FileBatchEndpoints(RetrievalClient retrieval, StoredFiles files, TimeProvider clock)
{
    public async Task CreateAsync(HttpContext http, string store)
    {
        CancellationToken cancellation = http.RequestAborted;
        IReadOnlyList<AttachedFile> attached = CreateFileBatchRequest.Read(await RequestBody.ReadJsonAsync(http, RequestBody.OneMessage, cancellation));
        await files.RequireAsync([.. attached.Select(file => file.FileId)], "file_ids", cancellation);
        BatchId batch = BatchId.New(clock);
        await WriteAsync(http, FileBatch.From(store, batch, await files.AttachAllAsync(store, attached, batch.Text, cancellation)));
    }

    public async Task GetAsync(HttpContext http, string store, string batch)
    {
        FileBatch found = await FindAsync(store, batch, http.RequestAborted);
        PollHint.Set(http, found.FileCounts.InProgress > 0);
        await WriteAsync(http, found);
    }

    public async Task CancelAsync(HttpContext http, string store, string batch)
    {
        await FindAsync(store, batch, http.RequestAborted);
        await foreach (Document document in files.EnumerateAsync(store, batch, "in_progress", oldestFirst: true, http.RequestAborted))
        {
            try
            {
                await retrieval.CancelIngestAsync(new CancelIngestRequest { CollectionId = store, Id = document.Id }, cancellationToken: http.RequestAborted);
            }
            catch (RpcException error) when (error.StatusCode is StatusCode.FailedPrecondition or StatusCode.NotFound)
            {
                // It ended by itself meanwhile, or was deleted.
            }
        }

        await WriteAsync(http, await FindAsync(store, batch, http.RequestAborted));
    }

    public async Task ListAsync(HttpContext http, string store, string batch)
    {
        CursorQuery query = CursorQuery.Read(http.Request.Query, withFilter: true);
        string id = (BatchId.Parse(batch) ?? throw NotFound(store, batch)).Text;
        await VectorStoreFileEndpoints.WriteListAsync(http, query, files.EnumerateAsync(store, id, query.Filter, query.OldestFirst, http.RequestAborted));
    }

    private static Task WriteAsync(HttpContext http, FileBatch batch) => OpenAiJson.WriteAsync(http, batch, OpenAiJson.Default.FileBatch);

    private async Task<FileBatch> FindAsync(string store, string batch, CancellationToken cancellation)
    {
        BatchId id = BatchId.Parse(batch) ?? throw NotFound(store, batch);
        List<Document> documents = await files.EnumerateAsync(store, id.Text, filter: null, oldestFirst: true, cancellation).ToListAsync(cancellation);
        return documents.Count > 0 ? FileBatch.From(store, id, documents) : throw NotFound(store, batch);
    }

    private static OpenAiException NotFound(string store, string batch) => InvalidRequest.Create(
        $"No file batch {SafeValue.Cut(batch)} was found in vector store {SafeValue.Cut(store)}.", "batch_id", "file_batch_not_found", StatusCodes.Status404NotFound);
}
