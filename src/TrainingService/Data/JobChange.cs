using System.Data;
using Google.Protobuf;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.TrainingService.Rows;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace LlmPlatform.TrainingService.Data;

/// <summary>One change of a job's row together with the events that tell of it: all of it or nothing is written.</summary>
internal sealed class JobChange(TrainingDbContext context, JobRow row, DateTime now)
{
    public TrainingDbContext Context { get; } = context;

    public JobRow Row { get; } = row;

    public DateTime Now { get; } = now;

    /// <summary>Reads the one row tracked, changes it, and commits; false where there is no such row.</summary>
    public static async Task<bool> MakeAsync(
        TrainingDbContext context, Func<TrainingDbContext, IQueryable<JobRow>> find, DateTime now, Func<JobChange, Task> change, CancellationToken cancellationToken)
    {
        await using IDbContextTransaction transaction = await context.Database.BeginTransactionAsync(IsolationLevel.Serializable, cancellationToken);
        JobRow? row = await find(context).AsTracking().SingleOrDefaultAsync(cancellationToken);
        if (row is null)
        {
            return false;
        }

        await change(new JobChange(context, row, now));
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return true;
    }

    public void Add(EventKind kind, long step, JobEvent happened) => Context.Events.Add(new EventRow
    {
        JobId = Row.Id,
        CreatedAt = Now,
        Kind = kind,
        Step = step,
        Body = happened.ToByteArray(),
    });

    public void Say(string level, string text) => Add(EventKind.Message, 0, new JobEvent { Message = new MessageEvent { Level = level, Text = text } });

    /// <summary>Sets the status and tells of it where it is another one.</summary>
    public void SetStatus(JobStatus status, JobError? error = null)
    {
        if (Row.Status == status && error is null)
        {
            return;
        }

        Row.Status = status;
        Row.Error = error is null ? null : JsonFormatter.Default.Format(error);
        Row.ErrorCode = error?.Code ?? "";
        Row.FinishedAt = status is JobStatus.Succeeded or JobStatus.Failed or JobStatus.Cancelled ? Now : null;
        Add(EventKind.Status, 0, new JobEvent { Status = new StatusEvent { Status = status, Error = error, OutputVersion = Row.OutputVersion } });
    }

    /// <summary>Nobody holds the row any more; whoever did can write nothing from here on.</summary>
    public void Release()
    {
        (Row.LeaseOwner, Row.LeasedUntil) = (null, null);
        Row.LeaseEpoch++;
        Row.PauseRequested = false;
    }
}
