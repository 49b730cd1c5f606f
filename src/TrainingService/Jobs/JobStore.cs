using Grpc.Core;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.ServiceDefaults.Data;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.TrainingService.Data;
using LlmPlatform.TrainingService.Rows;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.TrainingService.Jobs;

/// <summary>A tenant's jobs.</summary>
internal sealed class JobStore(IDbContextFactory<TrainingDbContext> contexts, TimeProvider clock)
{
    public DateTime Now => clock.GetUtcNow().UtcDateTime;

    public Task<TrainingDbContext> OpenAsync(CancellationToken cancellationToken) => contexts.CreateDbContextAsync(cancellationToken);

    /// <exception cref="RpcException">NOT_FOUND.</exception>
    public async Task<JobRow> GetAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        await using TrainingDbContext context = await OpenAsync(cancellationToken);
        return await context.Jobs.AsNoTracking().SingleOrDefaultAsync(row => row.Tenant == tenant && row.Id == id, cancellationToken)
            ?? throw RpcErrors.NotFound("job", id);
    }

    public async Task<JobRow?> FindByRequestAsync(string tenant, string requestId, CancellationToken cancellationToken)
    {
        await using TrainingDbContext context = await OpenAsync(cancellationToken);
        return await context.Jobs.AsNoTracking().SingleOrDefaultAsync(row => row.Tenant == tenant && row.RequestId == requestId, cancellationToken);
    }

    /// <summary>Adds a job, unless one with its request id was quicker: then that one is returned.</summary>
    public async Task<JobRow> AddAsync(JobRow row, CancellationToken cancellationToken)
    {
        await using TrainingDbContext context = await OpenAsync(cancellationToken);
        context.Jobs.Add(row);
        new JobChange(context, row, row.CreatedAt).Add(EventKind.Status, 0, new JobEvent { Status = new StatusEvent { Status = row.Status } });
        try
        {
            await context.SaveChangesAsync(cancellationToken);
            return row;
        }
        catch (DbUpdateException exception) when (UniqueViolation.Is(exception) && row.RequestId is not null)
        {
            return await FindByRequestAsync(row.Tenant, row.RequestId, cancellationToken)
                ?? throw RpcErrors.Aborted("another job with this request_id came and went");
        }
    }

    /// <summary>Changes a job, and returns it as it is then.</summary>
    /// <exception cref="RpcException">NOT_FOUND, or what <paramref name="change"/> throws.</exception>
    public async Task<JobRow> ChangeAsync(string tenant, string id, Action<JobChange> change, CancellationToken cancellationToken)
    {
        JobRow? changed = null;
        await using TrainingDbContext context = await OpenAsync(cancellationToken);
        bool found = await JobChange.MakeAsync(
            context,
            rows => rows.Jobs.Where(row => row.Tenant == tenant && row.Id == id),
            Now,
            one =>
            {
                change(one);
                changed = one.Row;
                return Task.CompletedTask;
            },
            cancellationToken);
        return found ? changed! : throw RpcErrors.NotFound("job", id);
    }
}
