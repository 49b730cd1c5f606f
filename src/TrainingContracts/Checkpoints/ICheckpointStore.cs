namespace LlmPlatform.TrainingContracts.Checkpoints;

/// <summary>
/// Checkpoints of jobs. They lie under the job and the lease's epoch that wrote them, so that a worker that wakes from the
/// dead writes into its own past. A checkpoint is there whole or not at all.
/// </summary>
public interface ICheckpointStore
{
    /// <summary>The folder that a claim of a job writes into; made if it is not there.</summary>
    string Folder(string jobId, long epoch);

    /// <summary>Whole checkpoints of a job, the highest step first; of the same step the highest epoch.</summary>
    IReadOnlyList<StoredCheckpoint> List(string jobId);

    /// <summary>Removes all but the newest checkpoints and what unfinished writes left behind in earlier epochs.</summary>
    void Prune(string jobId, int keep);

    /// <summary>Removes one checkpoint, if it is still there.</summary>
    void Delete(StoredCheckpoint checkpoint);

    /// <summary>Removes everything of a job.</summary>
    void Delete(string jobId);
}

/// <summary>A whole checkpoint.</summary>
/// <param name="Path">Its folder.</param>
/// <param name="Epoch">The lease's epoch that wrote it.</param>
/// <param name="Step">The last step it holds.</param>
/// <param name="Size">Bytes.</param>
public sealed record StoredCheckpoint(string Path, long Epoch, long Step, long Size);
