using Google.Protobuf;
using Grpc.Core;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.ModelService.Blobs;
using LlmPlatform.ModelService.Data;
using LlmPlatform.ModelService.Merging;
using LlmPlatform.ModelService.Rows;
using LlmPlatform.ServiceDefaults.Data;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Identity;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.ModelService.Registry;

/// <summary>llmplatform.models.v1.Models.</summary>
internal sealed class ModelsGrpc(
    IDbContextFactory<ModelDbContext> contexts, ModelRegistry registry, ModelMerger merger, FolderBlobStore blobs) : Models.ModelsBase
{
    public override async Task<ListModelsResponse> List(ListModelsRequest request, ServerCallContext context)
    {
        string tenant = context.GetCaller().Tenant;
        CancellationToken cancellation = context.CancellationToken;
        (int size, long before) = PageToken.Read(request.PageSize, request.PageToken);
        await using ModelDbContext database = await contexts.CreateDbContextAsync(cancellation);
        IQueryable<ModelVersionRow> visible = database.ModelVersions.AsNoTracking().Include(row => row.Files)
            .Where(row => (row.Tenant == tenant || row.Tenant == Tenants.Platform) && row.Sequence < before);
        if (request.Tasks.Count > 0)
        {
            List<ModelTask> tasks = [.. request.Tasks];
            visible = visible.Where(row => tasks.Contains(row.Task));
        }

        if (!request.AllVersions)
        {
            visible = visible.Where(row => database.Aliases.Any(
                alias => alias.Tenant == row.Tenant && alias.Name == row.Name && alias.Alias == AliasRow.Default && alias.Version == row.Version));
        }

        List<ModelVersionRow> rows = await visible.OrderByDescending(row => row.Sequence).Take(size + 1).ToListAsync(cancellation);
        List<AliasRow> aliases = await AliasesAsync(database, rows, cancellation);
        ListModelsResponse response = new()
        {
            Models = { rows.Take(size).Select(row => row.Describe(aliases)) },
            RegistryRevision = await database.VisibleRevisionAsync(tenant, cancellation),
        };
        if (rows.Count > size)
        {
            response.NextPageToken = PageToken.Encode(rows[size - 1].Sequence);
        }

        return response;
    }

    public override async Task<ModelVersion> Get(GetModelRequest request, ServerCallContext context)
    {
        await using ModelDbContext database = await contexts.CreateDbContextAsync(context.CancellationToken);
        ModelVersionRow row = await FindAsync(database, request.Model, context);
        return await DescribeAsync(database, row, context.CancellationToken);
    }

    public override async Task<ModelVersion> Register(RegisterModelRequest request, ServerCallContext context)
    {
        string tenant = context.GetWritingTenant();
        RegisterValidation.Validate(request);
        await using ModelDbContext database = await contexts.CreateDbContextAsync(context.CancellationToken);
        string? requestId = request.RequestId.Length > 0 ? request.RequestId : null;
        ModelVersionRow? row = requestId is null
            ? null
            : await database.ModelVersions.AsNoTracking().Include(version => version.Files)
                .SingleOrDefaultAsync(version => version.Tenant == tenant && version.RequestId == requestId, context.CancellationToken);
        row ??= await registry.RegisterAsync(
            new NewVersion(tenant, request.Name, await FilesAsync(database, tenant, request, context.CancellationToken), request.Lineage ?? new Lineage(), request.Aliases, requestId)
            {
                FileIds = [.. request.Files.Select(file => file.FileId).Distinct()],
            },
            context.CancellationToken);
        return (await FindExactAsync(database, row, context.CancellationToken))!;
    }

    public override async Task<ModelVersion> Promote(PromoteRequest request, ServerCallContext context)
    {
        string tenant = context.GetWritingTenant();
        new FieldValidation()
            .Require("name", request.Name, ModelReference.NamePattern().IsMatch(request.Name), RegisterValidation.NameRule)
            .Require("alias", request.Alias, RegisterValidation.IsAlias(request.Alias), RegisterValidation.AliasRule)
            .Require("version", request.Version, ModelReference.SuffixPattern().IsMatch(request.Version), "a version's content hash")
            .ThrowIfInvalid();
        ModelVersionRow row = await registry.PromoteAsync(
            tenant, new ModelReference(request.Name, request.Version), request.Alias, request.HasExpectedVersion ? request.ExpectedVersion : null, context.CancellationToken);
        await using ModelDbContext database = await contexts.CreateDbContextAsync(context.CancellationToken);
        return (await FindExactAsync(database, row, context.CancellationToken))!;
    }

    public override async Task<ModelVersion> Merge(MergeModelRequest request, ServerCallContext context)
    {
        string tenant = context.GetWritingTenant();
        RegisterValidation.Validate(request);
        await using ModelDbContext database = await contexts.CreateDbContextAsync(context.CancellationToken);
        ModelVersionRow? row = request.RequestId.Length == 0
            ? null
            : await database.ModelVersions.AsNoTracking()
                .SingleOrDefaultAsync(version => version.Tenant == tenant && version.RequestId == request.RequestId, context.CancellationToken);
        row ??= await merger.MergeAsync(tenant, await FindAsync(database, request.Model, context), request, context.CancellationToken);
        return (await FindExactAsync(database, row, context.CancellationToken))!;
    }

    public override async Task<DeleteModelResponse> Delete(DeleteModelRequest request, ServerCallContext context)
    {
        string tenant = context.GetWritingTenant();
        new FieldValidation()
            .Require("name", request.Name, ModelReference.NamePattern().IsMatch(request.Name), RegisterValidation.NameRule)
            .Require("version", request.Version, request.Version.Length == 0 || ModelReference.SuffixPattern().IsMatch(request.Version), "nothing, or a version's content hash")
            .ThrowIfInvalid();
        await registry.DeleteAsync(tenant, request.Name, request.Version, context.CancellationToken);
        return new DeleteModelResponse();
    }

    public override async Task Download(DownloadModelRequest request, IServerStreamWriter<DownloadModelResponse> responseStream, ServerCallContext context)
    {
        ModelVersionRow row;
        await using (ModelDbContext database = await contexts.CreateDbContextAsync(context.CancellationToken))
        {
            row = await FindAsync(database, request.Model, context);
        }

        if (request.Paths.Except(row.Files.Select(file => file.Path)).FirstOrDefault() is { } unknown)
        {
            throw RpcErrors.NotFound("file", unknown);
        }

        foreach (ModelFileRow file in row.Files.Where(file => request.Paths.Count == 0 || request.Paths.Contains(file.Path)).OrderBy(file => file.Path, StringComparer.Ordinal))
        {
            await responseStream.WriteAsync(new DownloadModelResponse { File = file.Describe() }, context.CancellationToken);
            await foreach (ByteString chunk in BlobChunks.ReadAsync(blobs, file.Tenant, file.Sha256, 0, context.CancellationToken))
            {
                await responseStream.WriteAsync(new DownloadModelResponse { Chunk = chunk }, context.CancellationToken);
            }
        }
    }

    private static async Task<ModelVersionRow> FindAsync(ModelDbContext database, string reference, ServerCallContext context) =>
        await ModelReference.Parse("model", reference).FindAsync(database, context.GetCaller().Tenant, context.CancellationToken)
        ?? throw RpcErrors.NotFound("model", reference);

    private static async Task<List<(string Path, long Size, string Sha256)>> FilesAsync(
        ModelDbContext database, string tenant, RegisterModelRequest request, CancellationToken cancellationToken)
    {
        List<string> ids = [.. request.Files.Select(file => file.FileId)];
        Dictionary<string, FileRow> rows = await database.Files.AsNoTracking()
            .Where(file => file.Tenant == tenant && file.Ready && ids.Contains(file.Id)).ToDictionaryAsync(file => file.Id, cancellationToken);
        return [.. request.Files.Select(file => rows.TryGetValue(file.FileId, out FileRow? row)
            ? (file.Path, row.Size, row.Sha256)
            : throw RpcErrors.NotFound("file", file.FileId))];
    }

    private static async Task<ModelVersion?> FindExactAsync(ModelDbContext database, ModelVersionRow row, CancellationToken cancellationToken)
    {
        ModelVersionRow found = await database.ModelVersions.AsNoTracking().Include(version => version.Files)
            .SingleAsync(version => version.Sequence == row.Sequence, cancellationToken);
        return await DescribeAsync(database, found, cancellationToken);
    }

    private static async Task<ModelVersion> DescribeAsync(ModelDbContext database, ModelVersionRow row, CancellationToken cancellationToken) =>
        row.Describe(await AliasesAsync(database, [row], cancellationToken));

    private static async Task<List<AliasRow>> AliasesAsync(ModelDbContext database, List<ModelVersionRow> rows, CancellationToken cancellationToken)
    {
        List<string> names = [.. rows.Select(row => row.Name).Distinct()];
        return await database.Aliases.AsNoTracking().Where(alias => names.Contains(alias.Name)).ToListAsync(cancellationToken);
    }
}
