using LlmPlatform.TrainingService.Data;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.TrainingService.Work;

/// <summary>The rows of checkpoints.</summary>
internal static class JobCheckpoints
{
    /// <summary>Removes the rows of checkpoints that the store no longer has.</summary>
    public static Task RemoveOthersAsync(JobChange change, long[] there) =>
        change.Context.Checkpoints.Where(row => row.JobId == change.Row.Id && !there.Contains(row.Step)).ExecuteDeleteAsync();
}
