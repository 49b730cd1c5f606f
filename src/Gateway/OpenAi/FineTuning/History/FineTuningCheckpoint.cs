using System.Text.Json.Serialization;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.Gateway.OpenAi.FineTuning.Jobs;

namespace LlmPlatform.Gateway.OpenAi.FineTuning.History;

/// <summary>What a job can be resumed from. Checkpoints here are not served; the result is.</summary>
public sealed record FineTuningCheckpoint
{
    /// <summary>Its id.</summary>
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary><c>fine_tuning.job.checkpoint</c>.</summary>
    [JsonPropertyName("object")]
    public string Object => "fine_tuning.job.checkpoint";

    /// <summary>Unix time in seconds.</summary>
    [JsonPropertyName("created_at")]
    public required long CreatedAt { get; init; }

    /// <summary>The model and the step, in OpenAI's form. Requests cannot name it.</summary>
    [JsonPropertyName("fine_tuned_model_checkpoint")]
    public required string FineTunedModelCheckpoint { get; init; }

    /// <summary>The job.</summary>
    [JsonPropertyName("fine_tuning_job_id")]
    public required string FineTuningJobId { get; init; }

    /// <summary>The optimizer step it was made after.</summary>
    [JsonPropertyName("step_number")]
    public required long StepNumber { get; init; }

    /// <summary>The metrics of that step, as those of events.</summary>
    [JsonPropertyName("metrics")]
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>Its size. Not part of OpenAI's API.</summary>
    [JsonPropertyName("bytes")]
    public required long Bytes { get; init; }

    internal static FineTuningCheckpoint From(Checkpoint checkpoint, Job job)
    {
        Dictionary<string, double> metrics = new() { ["step"] = checkpoint.Step };
        foreach ((string name, double value) in OpenAiMetrics.Of(checkpoint.Metrics).Concat(FineTuningJob.Finite(checkpoint.Metrics)))
        {
            metrics[name] = value;
        }

        return new FineTuningCheckpoint
        {
            Id = checkpoint.Id,
            CreatedAt = checkpoint.CreatedAt?.Seconds ?? 0,
            FineTunedModelCheckpoint = $"{job.Recipe.OutputModel}:ckpt-step-{checkpoint.Step}",
            FineTuningJobId = job.Id,
            StepNumber = checkpoint.Step,
            Metrics = metrics,
            Bytes = checkpoint.Size,
        };
    }
}

/// <summary>One page of checkpoints.</summary>
public sealed record FineTuningCheckpointList
{
    /// <summary><c>list</c>.</summary>
    [JsonPropertyName("object")]
    public string Object => "list";

    /// <summary>The checkpoints, the newest first.</summary>
    [JsonPropertyName("data")]
    public required IReadOnlyList<FineTuningCheckpoint> Data { get; init; }

    /// <summary>The first one's id.</summary>
    [JsonPropertyName("first_id")]
    public string? FirstId => Data.Count > 0 ? Data[0].Id : null;

    /// <summary>The last one's id: the next page's <c>after</c>.</summary>
    [JsonPropertyName("last_id")]
    public string? LastId => Data.Count > 0 ? Data[^1].Id : null;

    /// <summary>Whether there are more.</summary>
    [JsonPropertyName("has_more")]
    public required bool HasMore { get; init; }
}
