using LlmPlatform.ModelService.Blobs;
using LlmPlatform.ModelService.Data;
using LlmPlatform.ModelService.Rows;
using LlmPlatform.ServiceDefaults.Data;
using LlmPlatform.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.ModelService.Files;

/// <summary>
/// Files as rows and blobs. An upload stages the bytes, writes its row (not ready), and only then looks whether the blob
/// is there already: from that row on no sweep can take the blob away. Once the blob is in its place the row turns ready.
/// </summary>
internal sealed class FileStore(IDbContextFactory<ModelDbContext> contexts, IBlobStore blobs, TimeProvider clock)
{
    /// <summary>Makes a file of staged bytes.</summary>
    public async Task<FileRow> AddAsync(
        string tenant, string filename, string purpose, string? requestId, StagedBlob staged, string sha256, CancellationToken cancellationToken)
    {
        FileRow row = new()
        {
            Id = RowIds.New("file"),
            Tenant = tenant,
            Filename = filename,
            Purpose = purpose,
            Size = staged.Length,
            Sha256 = sha256,
            CreatedAt = clock.GetUtcNow().UtcDateTime,
            RequestId = requestId,
        };
        await using ModelDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        context.Files.Add(row);
        try
        {
            await context.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException exception) when (requestId is not null && UniqueViolation.Is(exception))
        {
            // Another upload with this request_id was quicker: its file is the answer, once it is ready.
            return await FindByRequestAsync(tenant, requestId, cancellationToken)
                ?? throw RpcErrors.Aborted($"an upload with request_id {SafeValue.Cut(requestId)} is under way");
        }

        try
        {
            blobs.Keep(tenant, sha256, staged);
        }
        catch
        {
            context.Files.Remove(row);
            await context.SaveChangesAsync(CancellationToken.None);
            throw;
        }

        // From here on the file is there, whether the caller still waits or not.
        row.Ready = true;
        await context.SaveChangesAsync(CancellationToken.None);
        return row;
    }

    /// <summary>Makes a file of one on the disk, for a version that is about to be registered.</summary>
    public async Task<FileRow> AddFromDiskAsync(string tenant, string path, CancellationToken cancellationToken)
    {
        await using FileStream source = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, useAsync: true);
        using StagedBlob staged = blobs.Stage();
        byte[] buffer = new byte[FileLimits.ChunkBytes];
        while (await source.ReadAsync(buffer, cancellationToken) is int read and > 0)
        {
            await staged.AppendAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        return await AddAsync(tenant, Path.GetFileName(path), "model", requestId: null, staged, staged.Complete(), cancellationToken);
    }

    public async Task<FileRow?> FindAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        await using ModelDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Files.AsNoTracking().SingleOrDefaultAsync(file => file.Tenant == tenant && file.Id == id && file.Ready, cancellationToken);
    }

    public async Task<FileRow?> FindByRequestAsync(string tenant, string requestId, CancellationToken cancellationToken)
    {
        await using ModelDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Files.AsNoTracking()
            .SingleOrDefaultAsync(file => file.Tenant == tenant && file.RequestId == requestId && file.Ready, cancellationToken);
    }

    /// <summary>The newest files first, those below a sequence number.</summary>
    public async Task<List<FileRow>> ListAsync(string tenant, string purpose, long before, int count, CancellationToken cancellationToken)
    {
        await using ModelDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Files.AsNoTracking()
            .Where(file => file.Tenant == tenant && file.Ready && file.Sequence < before && (purpose == "" || file.Purpose == purpose))
            .OrderByDescending(file => file.Sequence)
            .Take(count)
            .ToListAsync(cancellationToken);
    }

    /// <summary>Forgets a file; the sweep removes the blob once nothing needs it.</summary>
    public async Task<bool> DeleteAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        await using ModelDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Files.Where(file => file.Tenant == tenant && file.Id == id && file.Ready).ExecuteDeleteAsync(cancellationToken) > 0;
    }
}
