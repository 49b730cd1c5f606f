using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Grpc.Core;
using LlmPlatform.Contracts.Files.V1;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.OpenAi.VectorStores.Values;
using LlmPlatform.ServiceDefaults.Errors;
using FilesClient = LlmPlatform.Contracts.Files.V1.Files.FilesClient;
using RetrievalClient = LlmPlatform.Contracts.Retrieval.V1.Retrieval.RetrievalClient;

namespace LlmPlatform.Gateway.OpenAi.VectorStores.Files;

/// <summary>A file to be put into a vector store.</summary>
/// <param name="FileId">Which file.</param>
/// <param name="Attributes">Null: as they are, or none.</param>
/// <param name="Chunking">Null: as the store says.</param>
internal sealed record AttachedFile(string FileId, AttributeValues? Attributes, ChunkingOptions? Chunking);

/// <summary>
/// In OpenAI's API a vector store's file has the file's own id and is in the store at most once; the service knows
/// documents, which have ids of their own. This finds the one for the other.
/// </summary>
internal sealed class StoredFiles(RetrievalClient retrieval, FilesClient files)
{
    // The most that the service gives at once.
    private const int PageSize = 200;
    private const int AtOnce = 4;

    public async Task<Document> FindAsync(string store, string fileId, CancellationToken cancellation) =>
        await TryFindAsync(store, fileId, cancellation)
        ?? throw InvalidRequest.Create(
            $"No file {SafeValue.Cut(fileId)} was found in vector store {SafeValue.Cut(store)}.", "file_id", "file_not_found", StatusCodes.Status404NotFound);

    /// <summary>Documents in the order asked for, as many as are read.</summary>
    public async IAsyncEnumerable<Document> EnumerateAsync(
        string store, string? batch, string? filter, bool oldestFirst, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ListDocumentsRequest request = new()
        {
            CollectionId = store,
            BatchId = batch ?? "",
            OldestFirst = oldestFirst,
            PageSize = PageSize,
            Status = filter switch
            {
                "completed" => DocumentStatus.Completed,
                "failed" => DocumentStatus.Failed,
                "cancelled" => DocumentStatus.Cancelled,
                // For the service those are two, so they are picked out here.
                _ => DocumentStatus.Unspecified,
            },
        };
        do
        {
            ListDocumentsResponse page = await retrieval.ListDocumentsAsync(request, cancellationToken: cancellation);
            foreach (Document document in page.Documents)
            {
                if (filter != "in_progress" || document.Status is DocumentStatus.Queued or DocumentStatus.InProgress)
                {
                    yield return document;
                }
            }

            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
    }

    /// <summary>Refuses a list with a file that does not exist, before anything is done for the others.</summary>
    public async Task RequireAsync(IReadOnlyList<string> fileIds, string param, CancellationToken cancellation) =>
        await Parallel.ForEachAsync(Enumerable.Range(0, fileIds.Count), Concurrency(cancellation), async (index, token) =>
        {
            try
            {
                await files.GetAsync(new GetFileRequest { Id = fileIds[index] }, cancellationToken: token);
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
            {
                throw NoSuchFile(fileIds[index], $"{param}[{index}]", error);
            }
        });

    /// <summary>Puts several files into a store; the documents come in the files' order.</summary>
    public async Task<Document[]> AttachAllAsync(string store, IReadOnlyList<AttachedFile> attached, string? batch, CancellationToken cancellation)
    {
        ConcurrentDictionary<int, Document> documents = new();
        await Parallel.ForEachAsync(Enumerable.Range(0, attached.Count), Concurrency(cancellation), async (index, token) =>
            documents[index] = await AttachAsync(store, attached[index], batch, token));
        return [.. documents.OrderBy(item => item.Key).Select(item => item.Value)];
    }

    /// <summary>
    /// Puts a file into a store. One that is there already is taken in again when it failed, was cancelled, is to be cut
    /// otherwise or belongs to a batch now; else nothing but its attributes can change.
    /// </summary>
    public async Task<Document> AttachAsync(string store, AttachedFile attached, string? batch, CancellationToken cancellation)
    {
        Document? found = await TryFindAsync(store, attached.FileId, cancellation);
        IngestDocumentRequest request = new()
        {
            CollectionId = store,
            FileId = attached.FileId,
            Chunking = attached.Chunking,
            BatchId = batch ?? found?.BatchId ?? "",
        };
        if (found is null)
        {
            // Two callers who add the same file at the same time get one document.
            request.RequestId = RequestKey.Hash("vector_store_file", store, attached.FileId);
        }
        else if (batch is null && attached.Chunking is null && found.Status is not (DocumentStatus.Failed or DocumentStatus.Cancelled))
        {
            return attached.Attributes is { } changed ? await UpdateAsync(found, changed, cancellation) : found;
        }
        else
        {
            request.RequestId = Guid.NewGuid().ToString("N");
            request.DocumentId = found.Id;
            request.Chunking ??= found.Chunking;
            request.AllowedGroups.Add(found.AllowedGroups);
        }

        request.Attributes.Add((attached.Attributes?.Items ?? found?.Attributes ?? new Dictionary<string, AttributeValue>() as IReadOnlyDictionary<string, AttributeValue>).ToDictionary());
        try
        {
            return await retrieval.IngestDocumentAsync(request, cancellationToken: cancellation);
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.NotFound && error.GetResource()?.ResourceType == "file")
        {
            throw NoSuchFile(attached.FileId, "file_id", error);
        }
    }

    public async Task<Document> UpdateAsync(Document document, AttributeValues attributes, CancellationToken cancellation)
    {
        UpdateDocumentRequest request = new() { CollectionId = document.CollectionId, Id = document.Id, ReplaceAttributes = true };
        request.Attributes.Add(attributes.Items.ToDictionary());
        return await retrieval.UpdateDocumentAsync(request, cancellationToken: cancellation);
    }

    private async Task<Document?> TryFindAsync(string store, string fileId, CancellationToken cancellation)
    {
        ListDocumentsResponse found = await retrieval.ListDocumentsAsync(
            new ListDocumentsRequest { CollectionId = store, FileId = fileId, PageSize = 1 }, cancellationToken: cancellation);
        return found.Documents.FirstOrDefault();
    }

    private static OpenAiException NoSuchFile(string fileId, string param, RpcException error) =>
        InvalidRequest.Create($"File {SafeValue.Cut(fileId)} was not found.", param, "file_not_found", StatusCodes.Status404NotFound, error);

    private static ParallelOptions Concurrency(CancellationToken cancellation) => new() { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation };
}
