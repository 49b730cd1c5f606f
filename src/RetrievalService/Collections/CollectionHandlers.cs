using System.Data;
using Grpc.Core;
using LlmPlatform.Retrieval.Chunking;
using LlmPlatform.RetrievalService.Chores;
using LlmPlatform.RetrievalService.Data;
using LlmPlatform.RetrievalService.Ingest;
using LlmPlatform.RetrievalService.Models;
using LlmPlatform.RetrievalService.Reindexing;
using LlmPlatform.RetrievalService.Rows;
using LlmPlatform.ServiceDefaults.Data;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Wire = LlmPlatform.Contracts.Retrieval.V1;

namespace LlmPlatform.RetrievalService.Collections;

/// <summary>What callers do with collections.</summary>
internal sealed class CollectionHandlers(
    IDbContextFactory<RetrievalDbContext> contexts,
    CollectionStore store,
    EncoderCatalog encoders,
    ReindexRows reindexing,
    ReindexSignal reindexSignal,
    ChoreSignal chores,
    RunningIngests running)
{
    private const int MaxName = 256;
    private const int MaxDescription = 1024;

    public async Task<Wire.Collection> CreateAsync(Wire.CreateCollectionRequest request, ServerCallContext context)
    {
        string tenant = context.GetWritingTenant();
        new FieldValidation()
            .RequireText("name", request.Name, MaxName)
            .Require("description", request.Description, request.Description.Length <= MaxDescription, $"at most {MaxDescription} characters")
            .RequireMetadata(request.Metadata)
            .Require("embedding_model", request.EmbeddingModel, request.EmbeddingModel.Length <= ModelField.MaxLength, $"at most {ModelField.MaxLength} characters")
            .Require("keyword_only", request.KeywordOnly, !request.KeywordOnly || request.EmbeddingModel.Length == 0, "false where there is an embedding_model")
            .RequireChunking(request.Chunking)
            .RequireRange("dense_weight", request.HasDenseWeight ? request.DenseWeight : 0, 0, 1)
            .RequireOptionalId("request_id", request.RequestId)
            .ThrowIfInvalid();
        string? requestId = request.RequestId.Length > 0 ? request.RequestId : null;
        CollectionRow? row = requestId is null ? null : await store.FindByRequestAsync(tenant, requestId, context.CancellationToken);
        if (row is null)
        {
            Encoder? encoder = request.KeywordOnly ? null
                : request.EmbeddingModel.Length > 0 ? await encoders.FindAsync("embedding_model", request.EmbeddingModel, context.CancellationToken)
                : await encoders.FindDefaultAsync(context.CancellationToken);
            row = await store.AddAsync(NewRow(tenant, requestId, request, encoder), encoder, context.CancellationToken);
        }

        await using RetrievalDbContext database = await contexts.CreateDbContextAsync(context.CancellationToken);
        return await database.DescribeAsync(row, context.CancellationToken);
    }

    public async Task<Wire.Collection> GetAsync(Wire.GetCollectionRequest request, ServerCallContext context)
    {
        new FieldValidation().RequireId("id", request.Id).ThrowIfInvalid();
        await using RetrievalDbContext database = await contexts.CreateDbContextAsync(context.CancellationToken);
        CollectionRow row = await database.ReadableAsync(request.Id, context.GetCaller(), context.CancellationToken);
        return await database.DescribeAsync(row, context.CancellationToken);
    }

    public async Task<Wire.ListCollectionsResponse> ListAsync(Wire.ListCollectionsRequest request, ServerCallContext context)
    {
        string tenant = context.GetCaller().Tenant;
        (int size, long before) = PageToken.Read(request.PageSize, request.PageToken);
        await using RetrievalDbContext database = await contexts.CreateDbContextAsync(context.CancellationToken);
        List<CollectionRow> rows = await database.Collections.AsNoTracking().VisibleTo(tenant)
            .Where(row => row.Sequence < before)
            .OrderByDescending(row => row.Sequence)
            .Take(size + 1)
            .ToListAsync(context.CancellationToken);
        Wire.ListCollectionsResponse response = new()
        {
            Collections = { await database.DescribeAsync([.. rows.Take(size)], context.CancellationToken) },
        };
        if (rows.Count > size)
        {
            response.NextPageToken = PageToken.Encode(rows[size - 1].Sequence);
        }

        return response;
    }

    public async Task<Wire.Collection> UpdateAsync(Wire.UpdateCollectionRequest request, ServerCallContext context)
    {
        string tenant = context.GetWritingTenant();
        new FieldValidation()
            .RequireId("id", request.Id)
            .Require("name", request.Name, !request.HasName || request.Name.Length is > 0 and <= MaxName, $"1 to {MaxName} characters")
            .RequireMetadata(request.Metadata)
            .RequireRange("dense_weight", request.HasDenseWeight ? request.DenseWeight : 0, 0, 1)
            .ThrowIfInvalid();
        await using RetrievalDbContext database = await contexts.CreateDbContextAsync(context.CancellationToken);
        await database.WritableAsync(request.Id, tenant, context.CancellationToken);
        await using IDbContextTransaction transaction = await database.Database.BeginTransactionAsync(IsolationLevel.Serializable, context.CancellationToken);
        CollectionRow row = await database.Collections.SingleOrDefaultAsync(one => one.Id == request.Id, context.CancellationToken)
            ?? throw RpcErrors.NotFound("collection", request.Id);
        row.Name = request.HasName ? request.Name : row.Name;
        row.Metadata = request.ReplaceMetadata ? Json.Write(request.Metadata) : row.Metadata;
        if (request.HasDenseWeight)
        {
            (row.DenseWeight, row.DenseWeightMeasured) = (request.DenseWeight, false);
        }

        await database.SaveChangesAsync(context.CancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return await database.DescribeAsync(row, context.CancellationToken);
    }

    public async Task<Wire.DeleteCollectionResponse> DeleteAsync(Wire.DeleteCollectionRequest request, ServerCallContext context)
    {
        string tenant = context.GetWritingTenant();
        new FieldValidation().RequireId("id", request.Id).ThrowIfInvalid();
        foreach (string documentId in await store.DeleteAsync(tenant, request.Id, context.CancellationToken))
        {
            running.Stop(documentId);
        }

        chores.Wake();
        return new Wire.DeleteCollectionResponse();
    }

    public async Task<Wire.Collection> ReindexAsync(Wire.ReindexCollectionRequest request, ServerCallContext context)
    {
        string tenant = context.GetWritingTenant();
        new FieldValidation()
            .RequireId("id", request.Id)
            .Require("embedding_model", request.EmbeddingModel, request.EmbeddingModel.Length <= ModelField.MaxLength, $"at most {ModelField.MaxLength} characters")
            .ThrowIfInvalid();
        await using RetrievalDbContext database = await contexts.CreateDbContextAsync(context.CancellationToken);
        CollectionRow row = await database.WritableAsync(request.Id, tenant, context.CancellationToken);
        if (row.KeywordOnly)
        {
            throw RpcErrors.FailedPrecondition("KEYWORD_ONLY", row.Id, "the collection was made to be searched by words only");
        }

        string model = request.EmbeddingModel.Length > 0 ? request.EmbeddingModel : row.EmbeddingModel ?? "";
        Encoder encoder = model.Length > 0
            ? await encoders.FindAsync("embedding_model", model, context.CancellationToken)
            : await encoders.FindDefaultAsync(context.CancellationToken)
                ?? throw RpcErrors.FailedPrecondition("NO_ENCODER", row.Id, "the platform has no encoder: name one as embedding_model");
        if (!await reindexing.AskAsync(row.Id, encoder, onlyIfNone: false, context.CancellationToken))
        {
            throw RpcErrors.NotFound("collection", request.Id);
        }

        reindexSignal.Wake();
        chores.Wake();
        row = await database.ReadableAsync(request.Id, context.GetCaller(), context.CancellationToken);
        return await database.DescribeAsync(row, context.CancellationToken);
    }

    private static CollectionRow NewRow(string tenant, string? requestId, Wire.CreateCollectionRequest request, Encoder? encoder)
    {
        ChunkingOptions chunking = DefaultChunking(encoder);
        int tokens = request.Chunking is { HasMaxChunkSizeTokens: true } ? request.Chunking.MaxChunkSizeTokens : chunking.MaxTokens;
        int overlap = request.Chunking is { HasChunkOverlapTokens: true } ? request.Chunking.ChunkOverlapTokens : Math.Min(chunking.OverlapTokens, tokens / 2);
        return new CollectionRow
        {
            Id = RowIds.New("vs"),
            Tenant = tenant,
            RequestId = requestId,
            Name = request.Name,
            Description = request.Description,
            Metadata = Json.Write(request.Metadata),
            KeywordOnly = request.KeywordOnly,
            MaxChunkTokens = tokens,
            ChunkOverlapTokens = Math.Min(overlap, tokens / 2),
            DenseWeight = request.HasDenseWeight ? request.DenseWeight : null,
        };
    }

    /// <summary>What suits an encoder: chunks that it sees as a whole.</summary>
    internal static ChunkingOptions DefaultChunking(Encoder? encoder)
    {
        ChunkingOptions standard = new();
        int tokens = encoder is null ? standard.MaxTokens : Math.Clamp(encoder.Window, ChunkingOptions.LeastMaxTokens, standard.MaxTokens);
        return new ChunkingOptions(tokens, Math.Min(standard.OverlapTokens, tokens / 10));
    }
}
