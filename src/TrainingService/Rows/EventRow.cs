namespace LlmPlatform.TrainingService.Rows;

/// <summary>What an event tells of.</summary>
internal enum EventKind
{
    Metrics = 1,
    Evaluation = 2,
    Status = 3,
    Checkpoint = 4,
    Message = 5,
}

/// <summary>Something that happened to a job.</summary>
internal sealed class EventRow
{
    /// <summary>Grows, and is never used twice.</summary>
    public long Cursor { get; set; }

    public required string JobId { get; set; }

    public DateTime CreatedAt { get; set; }

    public EventKind Kind { get; set; }

    /// <summary>Of metrics, evaluations and checkpoints; else 0.</summary>
    public long Step { get; set; }

    /// <summary>A <c>JobEvent</c> without cursor and time.</summary>
    public required byte[] Body { get; set; }
}
