namespace LlmPlatform.TrainingService.Rows;

/// <summary>A checkpoint that the store has.</summary>
internal sealed class CheckpointRow
{
    public long Sequence { get; set; }

    public required string JobId { get; set; }

    public long Step { get; set; }

    public DateTime CreatedAt { get; set; }

    public long Size { get; set; }

    /// <summary>A JSON object of numbers.</summary>
    public string Metrics { get; set; } = "{}";
}
