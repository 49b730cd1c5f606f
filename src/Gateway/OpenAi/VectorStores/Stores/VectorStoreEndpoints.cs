using System.Runtime.CompilerServices;
using Grpc.Core;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.OpenAi.Requests;
using LlmPlatform.Gateway.OpenAi.VectorStores.Files;
using LlmPlatform.Gateway.OpenAi.VectorStores.Values;
using LlmPlatform.ServiceDefaults.Errors;
using RetrievalClient = LlmPlatform.Contracts.Retrieval.V1.Retrieval.RetrievalClient;

namespace LlmPlatform.Gateway.OpenAi.VectorStores.Stores;

/// <summary><c>/v1/vector_stores</c> over the collections of the service <c>Retrieval</c>.</summary>
internal sealed class VectorStoreEndpoints(RetrievalClient retrieval, StoredFiles files)
{
    // The most that the service gives at once.
    private const int PageSize = 200;
    private const int MostReversed = 10_000;

    public async Task CreateAsync(HttpContext http)
    {
        CancellationToken cancellation = http.RequestAborted;
        (CreateCollectionRequest request, IReadOnlyList<string> fileIds) = CreateVectorStoreRequest.Read(
            await RequestBody.ReadJsonAsync(http, RequestBody.OneMessage, cancellation));
        request.RequestId = RequestKey.Of(http, "vector_store");

        // A store that lacks a file of its list is not what was asked for.
        await files.RequireAsync(fileIds, "file_ids", cancellation);
        Collection collection = await CreateAsync(request, cancellation);
        if (fileIds.Count > 0)
        {
            await files.AttachAllAsync(collection.Id, [.. fileIds.Select(id => new AttachedFile(id, null, null))], null, cancellation);
            collection = await retrieval.GetCollectionAsync(new GetCollectionRequest { Id = collection.Id }, cancellationToken: cancellation);
        }

        await WriteAsync(http, collection);
    }

    public async Task ListAsync(HttpContext http)
    {
        CursorQuery query = CursorQuery.Read(http.Request.Query, withFilter: false);
        (IReadOnlyList<Collection> page, bool hasMore) = await query.PageAsync(EnumerateAsync(query.OldestFirst, http.RequestAborted), collection => collection.Id);
        await OpenAiJson.WriteAsync(http, new VectorStoreList { Data = [.. page.Select(VectorStore.From)], HasMore = hasMore }, OpenAiJson.Default.VectorStoreList);
    }

    public async Task GetAsync(HttpContext http, string id) =>
        await WriteAsync(http, await retrieval.GetCollectionAsync(new GetCollectionRequest { Id = id }, cancellationToken: http.RequestAborted));

    public async Task UpdateAsync(HttpContext http, string id)
    {
        UpdateCollectionRequest request = UpdateVectorStoreRequest.Read(id, await RequestBody.ReadJsonAsync(http, RequestBody.OneMessage, http.RequestAborted));
        await WriteAsync(http, await retrieval.UpdateCollectionAsync(request, cancellationToken: http.RequestAborted));
    }

    public async Task DeleteAsync(HttpContext http, string id)
    {
        await retrieval.DeleteCollectionAsync(new DeleteCollectionRequest { Id = id }, cancellationToken: http.RequestAborted);
        await OpenAiJson.WriteAsync(http, new VectorStoreDeleted { Id = id }, OpenAiJson.Default.VectorStoreDeleted);
    }

    private static Task WriteAsync(HttpContext http, Collection collection) =>
        OpenAiJson.WriteAsync(http, VectorStore.From(collection), OpenAiJson.Default.VectorStore);

    private async Task<Collection> CreateAsync(CreateCollectionRequest request, CancellationToken cancellation)
    {
        try
        {
            return await retrieval.CreateCollectionAsync(request, cancellationToken: cancellation);
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.NotFound && error.GetResource()?.ResourceType == "model")
        {
            throw InvalidRequest.Create(error.Status.Detail, "embedding_model", "model_not_found", StatusCodes.Status404NotFound, error);
        }
    }

    /// <summary>The service lists the newest first, as OpenAI does by default.</summary>
    private async IAsyncEnumerable<Collection> EnumerateAsync(bool oldestFirst, [EnumeratorCancellation] CancellationToken cancellation)
    {
        List<Collection> all = [];
        ListCollectionsRequest request = new() { PageSize = PageSize };
        do
        {
            ListCollectionsResponse page = await retrieval.ListCollectionsAsync(request, cancellationToken: cancellation);
            foreach (Collection collection in page.Collections)
            {
                if (!oldestFirst)
                {
                    yield return collection;
                }
                else if (all.Count < MostReversed)
                {
                    all.Add(collection);
                }
                else
                {
                    throw InvalidRequest.WrongHiddenValue("order", $"'asc' lists up to {MostReversed} vector stores and there are more. Expected 'desc'");
                }
            }

            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        foreach (Collection collection in Enumerable.Reverse(all))
        {
            yield return collection;
        }
    }
}
