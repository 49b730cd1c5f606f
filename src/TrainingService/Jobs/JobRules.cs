using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.TrainingService.Rows;

namespace LlmPlatform.TrainingService.Jobs;

/// <summary>What may become of a job.</summary>
internal static class JobRules
{
    public const string InvalidData = "invalid_data";
    public const string InvalidRecipe = "invalid_recipe";
    public const string BaseUnavailable = "base_unavailable";
    public const string DiskFull = "disk_full";
    public const string WorkerLost = "worker_lost";
    public const string Internal = "internal";

    public static bool HasEnded(this JobRow row) => row.Status is JobStatus.Succeeded or JobStatus.Failed or JobStatus.Cancelled;

    /// <summary>With the same recipe and the same data, what failed for these reasons fails again.</summary>
    public static bool CanResume(this JobRow row) =>
        row.Status == JobStatus.Paused || (row.Status == JobStatus.Failed && row.ErrorCode is not (InvalidData or InvalidRecipe));
}
