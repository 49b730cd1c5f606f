using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.TrainingContracts.Checkpoints;
using LlmPlatform.TrainingService.Data;
using LlmPlatform.TrainingService.Rows;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.TrainingService.Work;

/// <summary>
/// Puts a claimed job back to where a checkpoint has it: what was told of later steps goes, since they are done again.
/// </summary>
internal sealed class JobRestart(JobRows rows, ICheckpointStore store)
{
    /// <summary>Prepares the rows.</summary>
    /// <returns>The checkpoint to go on from, null for none; and whether the lease still holds.</returns>
    public async Task<(StoredCheckpoint? From, bool Held)> PrepareAsync(ClaimedJob claimed)
    {
        IReadOnlyList<StoredCheckpoint> stored = store.List(claimed.Row.Id);
        StoredCheckpoint? from = null;
        bool held = await rows.WriteAsync(claimed, async change =>
        {
            from = await ChooseAsync(change, stored);
            await PutBackAsync(change, from, stored);
        });
        if (held)
        {
            // Without their rows, what they have beyond the chosen one would be missing in the history for ever.
            foreach (StoredCheckpoint later in stored.Where(one => one.Step > (from?.Step ?? 0)))
            {
                store.Delete(later);
            }
        }

        return (from, held);
    }

    // Rows are written in the order of the events: all up to a checkpoint are there when its own is. The newest one may
    // lie on the disk without its row, if the process died just then: what it has is done again.
    private static async Task<StoredCheckpoint?> ChooseAsync(JobChange change, IReadOnlyList<StoredCheckpoint> stored)
    {
        HashSet<long> told = [.. await Events(change).Where(row => row.Kind == EventKind.Checkpoint).Select(row => row.Step).ToListAsync()];
        return stored.FirstOrDefault(one => told.Contains(one.Step));
    }

    private static async Task PutBackAsync(JobChange change, StoredCheckpoint? from, IReadOnlyList<StoredCheckpoint> stored)
    {
        long step = from?.Step ?? 0;
        long told = await Events(change).Where(row => row.Kind == EventKind.Checkpoint && row.Step == step).Select(row => (long?)row.Cursor).MaxAsync() ?? long.MaxValue;
        IQueryable<EventRow> undone = Events(change)
            .Where(row => row.Kind == EventKind.Metrics || row.Kind == EventKind.Evaluation || row.Kind == EventKind.Checkpoint);
        if (step > 0)
        {
            // The evaluation at the end comes after the checkpoint of the same step.
            undone = undone.Where(row => row.Step > step || (row.Kind == EventKind.Evaluation && row.Step == step && row.Cursor > told));
        }

        bool any = await undone.ExecuteDeleteAsync() > 0;
        long[] there = [.. stored.Where(one => one.Step <= step).Select(one => one.Step).Distinct()];
        await change.Context.Checkpoints.Where(row => row.JobId == change.Row.Id && !there.Contains(row.Step)).ExecuteDeleteAsync();
        if (any || change.Row.Step > step)
        {
            await RebuildAsync(change, step);
        }

        if (change.Row.Status != JobStatus.Preparing)
        {
            change.SetStatus(JobStatus.Preparing);
        }

        change.Row.StartedAt ??= change.Now;
        (change.Row.RunStartedAt, change.Row.LastStepAt) = (null, null);
        change.Row.NotBefore = null;
    }

    private static async Task RebuildAsync(JobChange change, long step)
    {
        SortedDictionary<string, double> metrics = new(StringComparer.Ordinal);
        double epoch = 0;
        await foreach (EventRow row in Events(change).AsNoTracking()
            .Where(row => row.Kind == EventKind.Metrics || row.Kind == EventKind.Evaluation).OrderBy(row => row.Cursor).AsAsyncEnumerable())
        {
            MetricsEvent values = JobEvent.Parser.ParseFrom(row.Body).Metrics;
            epoch = values.Epoch;
            foreach ((string name, double value) in values.Values)
            {
                metrics[name] = value;
            }
        }

        change.Row.Metrics = Json.Write(metrics);
        (change.Row.Step, change.Row.Epoch) = (step, epoch);
        change.Row.TrainedTokens = (long)metrics.GetValueOrDefault("num_tokens");
    }

    private static IQueryable<EventRow> Events(JobChange change) => change.Context.Events.Where(row => row.JobId == change.Row.Id);
}
