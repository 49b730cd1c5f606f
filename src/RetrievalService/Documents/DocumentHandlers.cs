using Grpc.Core;
using LlmPlatform.RetrievalService.Collections;
using LlmPlatform.RetrievalService.Data;
using LlmPlatform.RetrievalService.Models;
using LlmPlatform.RetrievalService.Rows;
using LlmPlatform.ServiceDefaults.Data;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Identity;
using Microsoft.EntityFrameworkCore;
using File = LlmPlatform.Contracts.Files.V1.File;
using Wire = LlmPlatform.Contracts.Retrieval.V1;

namespace LlmPlatform.RetrievalService.Documents;

/// <summary>What callers do with documents.</summary>
internal sealed class DocumentHandlers(IDbContextFactory<RetrievalDbContext> contexts, DocumentStore store, FileContents files)
{
    private const int MaxBatchId = 64;

    public async Task<Wire.Document> IngestAsync(Wire.IngestDocumentRequest request, ServerCallContext context)
    {
        string tenant = context.GetWritingTenant();
        CallerIdentity caller = context.GetCaller();
        new FieldValidation()
            .RequireId("collection_id", request.CollectionId)
            .RequireId("file_id", request.FileId)
            .RequireOptionalId("document_id", request.DocumentId)
            .RequireAttributes(request.Attributes)
            .RequireGroups(request.AllowedGroups)
            .RequireOptionalId("request_id", request.RequestId)
            .RequireChunking(request.Chunking)
            .Require("batch_id", request.BatchId, request.BatchId.Length <= MaxBatchId, $"at most {MaxBatchId} characters")
            .ThrowIfInvalid();
        string? requestId = request.RequestId.Length > 0 ? request.RequestId : null;
        if (requestId is not null && await store.FindByRequestAsync(tenant, requestId, context.CancellationToken) is { } earlier)
        {
            return earlier.Describe();
        }

        File file = await files.DescribeAsync(request.FileId, context.CancellationToken);
        DocumentRow row = await store.IngestAsync(
            new NewDocument
            {
                Tenant = tenant,
                CollectionId = request.CollectionId,
                FileId = file.Id,
                Filename = file.Filename,
                Sha256 = file.Sha256,
                Size = file.Size,
                DocumentId = request.DocumentId.Length > 0 ? request.DocumentId : null,
                Attributes = AttributeJson.Write(request.Attributes.ToValues()),
                AllowedGroups = GroupsOf(request.AllowedGroups),
                RequestId = requestId,
                BatchId = request.BatchId,
                MaxChunkTokens = request.Chunking is { HasMaxChunkSizeTokens: true } ? request.Chunking.MaxChunkSizeTokens : null,
                ChunkOverlapTokens = request.Chunking is { HasChunkOverlapTokens: true } ? request.Chunking.ChunkOverlapTokens : null,
            },
            found => DocumentAccess.CanRead(caller, found),
            context.CancellationToken);
        return row.Describe();
    }

    public async Task<Wire.Document> GetAsync(Wire.GetDocumentRequest request, ServerCallContext context) =>
        (await ReadableAsync(request.CollectionId, request.Id, context)).Describe();

    public async Task<Wire.ListDocumentsResponse> ListAsync(Wire.ListDocumentsRequest request, ServerCallContext context)
    {
        CallerIdentity caller = context.GetCaller();
        new FieldValidation()
            .RequireId("collection_id", request.CollectionId)
            .Require("status", request.Status, Enum.IsDefined(request.Status), "a status of documents")
            .RequireOptionalId("file_id", request.FileId)
            .Require("batch_id", request.BatchId, request.BatchId.Length <= MaxBatchId, $"at most {MaxBatchId} characters")
            .ThrowIfInvalid();
        (int size, long from) = PageToken.Read(request.PageSize, request.PageToken);
        await using RetrievalDbContext database = await contexts.CreateDbContextAsync(context.CancellationToken);
        CollectionRow collection = await database.ReadableAsync(request.CollectionId, caller, context.CancellationToken);
        IQueryable<DocumentRow> rows = database.Documents.AsNoTracking().ReadableBy(caller, collection.Tenant).Where(row => row.CollectionId == collection.Id);
        rows = request.Status == Wire.DocumentStatus.Unspecified ? rows : rows.Where(row => row.Status == request.Status);
        rows = request.FileId.Length == 0 ? rows : rows.Where(row => row.FileId == request.FileId);
        rows = request.BatchId.Length == 0 ? rows : rows.Where(row => row.BatchId == request.BatchId);
        long after = request.PageToken.Length == 0 ? 0 : from;
        rows = request.OldestFirst
            ? rows.Where(row => row.Sequence > after).OrderBy(row => row.Sequence)
            : rows.Where(row => row.Sequence < from).OrderByDescending(row => row.Sequence);
        List<DocumentRow> page = await rows.Take(size + 1).ToListAsync(context.CancellationToken);
        Wire.ListDocumentsResponse response = new() { Documents = { page.Take(size).Select(row => row.Describe()) } };
        if (page.Count > size)
        {
            response.NextPageToken = PageToken.Encode(page[size - 1].Sequence);
        }

        return response;
    }

    public async Task<Wire.Document> UpdateAsync(Wire.UpdateDocumentRequest request, ServerCallContext context)
    {
        new FieldValidation().RequireAttributes(request.Attributes).RequireGroups(request.AllowedGroups).ThrowIfInvalid();
        DocumentRow found = await WritableAsync(request.CollectionId, request.Id, context);
        DocumentRow row = await store.SetAccessAsync(
                found.Id,
                request.ReplaceAttributes ? AttributeJson.Write(request.Attributes.ToValues()) : null,
                request.ReplaceAllowedGroups ? GroupsOf(request.AllowedGroups) : null,
                context.CancellationToken)
            ?? throw RpcErrors.NotFound("document", request.Id);
        return row.Describe();
    }

    public async Task GetTextAsync(Wire.GetDocumentTextRequest request, IServerStreamWriter<Wire.GetDocumentTextResponse> responses, ServerCallContext context)
    {
        DocumentRow row = await ReadableAsync(request.CollectionId, request.Id, context);

        // Part by part, since no transaction is to wait for a slow reader.
        long length = 0;
        for (int number = 0; length < row.TextLength; number++)
        {
            int wanted = number;
            await using RetrievalDbContext database = await contexts.CreateDbContextAsync(context.CancellationToken);
            string? text = await database.DocumentTexts.AsNoTracking()
                .Where(part => part.DocumentId == row.Id && part.Revision == row.IndexedRevision && part.Part == wanted)
                .Select(part => part.Text)
                .SingleOrDefaultAsync(context.CancellationToken);
            if (string.IsNullOrEmpty(text))
            {
                throw RpcErrors.Aborted("the document has other content by now: read it again");
            }

            await responses.WriteAsync(new Wire.GetDocumentTextResponse { Text = text }, context.CancellationToken);
            length += text.Length;
        }
    }

    public async Task<Wire.Document> CancelAsync(Wire.CancelIngestRequest request, ServerCallContext context)
    {
        DocumentRow row = await WritableAsync(request.CollectionId, request.Id, context);
        await store.CancelAsync(row.Id, context.CancellationToken);
        return (await ReadableAsync(request.CollectionId, request.Id, context)).Describe();
    }

    public async Task<Wire.Document> RetryAsync(Wire.RetryIngestRequest request, ServerCallContext context)
    {
        DocumentRow row = await WritableAsync(request.CollectionId, request.Id, context);
        await store.RetryAsync(row.Id, context.CancellationToken);
        return (await ReadableAsync(request.CollectionId, request.Id, context)).Describe();
    }

    public async Task<Wire.DeleteDocumentResponse> DeleteAsync(Wire.DeleteDocumentRequest request, ServerCallContext context)
    {
        DocumentRow row = await WritableAsync(request.CollectionId, request.Id, context);
        return await store.DeleteAsync(row, context.CancellationToken)
            ? new Wire.DeleteDocumentResponse()
            : throw RpcErrors.NotFound("document", request.Id);
    }

    private static string GroupsOf(IEnumerable<string> groups) => Json.Write(groups.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    private async Task<DocumentRow> WritableAsync(string collectionId, string id, ServerCallContext context)
    {
        string tenant = context.GetWritingTenant();
        new FieldValidation().RequireId("collection_id", collectionId).RequireId("id", id).ThrowIfInvalid();
        await using (RetrievalDbContext database = await contexts.CreateDbContextAsync(context.CancellationToken))
        {
            await database.WritableAsync(collectionId, tenant, context.CancellationToken);
        }

        return await ReadableAsync(collectionId, id, context);
    }

    private async Task<DocumentRow> ReadableAsync(string collectionId, string id, ServerCallContext context)
    {
        CallerIdentity caller = context.GetCaller();
        new FieldValidation().RequireId("collection_id", collectionId).RequireId("id", id).ThrowIfInvalid();
        await using RetrievalDbContext database = await contexts.CreateDbContextAsync(context.CancellationToken);
        CollectionRow collection = await database.ReadableAsync(collectionId, caller, context.CancellationToken);
        DocumentRow? row = await database.Documents.AsNoTracking()
            .SingleOrDefaultAsync(one => one.CollectionId == collection.Id && one.Id == id, context.CancellationToken);
        return row is not null && DocumentAccess.CanRead(caller, row) ? row : throw RpcErrors.NotFound("document", id);
    }
}
