using System.Text.Json;
using Grpc.Core;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.Gateway.OpenAi.Requests;
using LlmPlatform.Gateway.OpenAi.VectorStores.Values;
using RetrievalClient = LlmPlatform.Contracts.Retrieval.V1.Retrieval.RetrievalClient;

namespace LlmPlatform.Gateway.OpenAi.VectorStores.Files;

/// <summary><c>/v1/vector_stores/{id}/files</c> over the documents of the service <c>Retrieval</c>.</summary>
internal sealed class VectorStoreFileEndpoints(RetrievalClient retrieval, StoredFiles files)
{
    public async Task CreateAsync(HttpContext http, string store)
    {
        AttachedFile file = CreateVectorStoreFileRequest.Read(await RequestBody.ReadJsonAsync(http, RequestBody.OneMessage, http.RequestAborted));
        await WriteAsync(http, await files.AttachAsync(store, file, batch: null, http.RequestAborted));
    }

    public async Task ListAsync(HttpContext http, string store)
    {
        CursorQuery query = CursorQuery.Read(http.Request.Query, withFilter: true);
        await WriteListAsync(http, query, files.EnumerateAsync(store, batch: null, query.Filter, query.OldestFirst, http.RequestAborted));
    }

    public async Task GetAsync(HttpContext http, string store, string file)
    {
        Document document = await files.FindAsync(store, IdOf(file), http.RequestAborted);
        PollHint.Set(http, document.Status is DocumentStatus.Queued or DocumentStatus.InProgress);
        await WriteAsync(http, document);
    }

    public async Task UpdateAsync(HttpContext http, string store, string file)
    {
        AttributeValues attributes = UpdateVectorStoreFileRequest.Read(await RequestBody.ReadJsonAsync(http, RequestBody.OneMessage, http.RequestAborted));
        Document document = await files.FindAsync(store, IdOf(file), http.RequestAborted);
        await WriteAsync(http, await files.UpdateAsync(document, attributes, http.RequestAborted));
    }

    public async Task DeleteAsync(HttpContext http, string store, string file)
    {
        Document document = await files.FindAsync(store, IdOf(file), http.RequestAborted);
        await retrieval.DeleteDocumentAsync(new DeleteDocumentRequest { CollectionId = store, Id = document.Id }, cancellationToken: http.RequestAborted);
        await OpenAiJson.WriteAsync(http, new VectorStoreFileDeleted { Id = document.FileId }, OpenAiJson.Default.VectorStoreFileDeleted);
    }

    /// <summary>A text may be long: its pieces go out as they come.</summary>
    public async Task ContentAsync(HttpContext http, string store, string file)
    {
        CancellationToken cancellation = http.RequestAborted;
        Document document = await files.FindAsync(store, IdOf(file), cancellation);
        using AsyncServerStreamingCall<GetDocumentTextResponse> call = retrieval.GetDocumentText(
            new GetDocumentTextRequest { CollectionId = store, Id = document.Id }, cancellationToken: cancellation);

        // What fails before the first piece gets a status of its own.
        bool more = await call.ResponseStream.MoveNext(cancellation);
        http.Response.ContentType = "application/json; charset=utf-8";
        await using Utf8JsonWriter json = new(http.Response.BodyWriter, new JsonWriterOptions { Encoder = OpenAiJson.Encoder });
        json.WriteStartObject();
        json.WriteString("object", "vector_store.file_content.page");
        json.WriteStartArray("data");
        for (; more; more = await call.ResponseStream.MoveNext(cancellation))
        {
            json.WriteStartObject();
            json.WriteString("type", "text");
            json.WriteString("text", call.ResponseStream.Current.Text);
            json.WriteEndObject();
            await json.FlushAsync(cancellation);
            await http.Response.BodyWriter.FlushAsync(cancellation);
        }

        json.WriteEndArray();
        json.WriteBoolean("has_more", false);
        json.WriteNull("next_page");
        json.WriteEndObject();
        await json.FlushAsync(cancellation);
        await http.Response.BodyWriter.FlushAsync(cancellation);
    }

    /// <summary>Sends one page of documents as files.</summary>
    public static async Task WriteListAsync(HttpContext http, CursorQuery query, IAsyncEnumerable<Document> documents)
    {
        (IReadOnlyList<Document> page, bool hasMore) = await query.PageAsync(documents, document => document.FileId);
        await OpenAiJson.WriteAsync(
            http, new VectorStoreFileList { Data = [.. page.Select(VectorStoreFile.From)], HasMore = hasMore }, OpenAiJson.Default.VectorStoreFileList);
    }

    // Ids of the platform's own files hold slashes, and routing leaves %2F as it is.
    private static string IdOf(string file) => file.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    private static Task WriteAsync(HttpContext http, Document document) =>
        OpenAiJson.WriteAsync(http, VectorStoreFile.From(document), OpenAiJson.Default.VectorStoreFile);
}
