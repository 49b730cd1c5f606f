using System.Text.Json.Serialization;
using LlmPlatform.Contracts.Training.V1;

namespace LlmPlatform.Gateway.OpenAi.FineTuning.Jobs;

/// <summary>Why a job failed.</summary>
public sealed record FineTuningJobError
{
    /// <summary>
    /// <c>invalid_data</c>, <c>invalid_recipe</c>, <c>nan_loss</c>, <c>out_of_memory</c>, <c>disk_full</c>,
    /// <c>worker_lost</c>, <c>base_unavailable</c> or <c>internal</c>.
    /// </summary>
    [JsonPropertyName("code")]
    public required string Code { get; init; }

    /// <summary>What happened.</summary>
    [JsonPropertyName("message")]
    public required string Message { get; init; }

    /// <summary><c>training_file</c> or <c>validation_file</c> where the data is at fault, else null.</summary>
    [JsonPropertyName("param")]
    public string? Param { get; init; }

    /// <summary>The optimizer step it happened in. Not part of OpenAI's API.</summary>
    [JsonPropertyName("step")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Step { get; init; }

    /// <summary>The lines at fault. Not part of OpenAI's API.</summary>
    [JsonPropertyName("data_errors")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FineTuningDataError>? DataErrors { get; init; }

    internal static FineTuningJobError? From(Job job) => job is { Status: JobStatus.Failed, Error: { } error }
        ? new FineTuningJobError
        {
            Code = error.Code,
            Message = error.Message,
            Param = error.DataErrors.FirstOrDefault()?.FileId is { } file
                ? job.Recipe.ValidationFiles.Contains(file) ? "validation_file" : "training_file"
                : null,
            Step = error.HasStep ? error.Step : null,
            DataErrors = error.DataErrors.Count > 0 ? [.. error.DataErrors.Select(FineTuningDataError.From)] : null,
        }
        : null;
}

/// <summary>A line of data that cannot be trained on.</summary>
public sealed record FineTuningDataError
{
    /// <summary>The file.</summary>
    [JsonPropertyName("file_id")]
    public required string FileId { get; init; }

    /// <summary>The line, from 1.</summary>
    [JsonPropertyName("line")]
    public required long Line { get; init; }

    /// <summary>What is wrong with it.</summary>
    [JsonPropertyName("message")]
    public required string Message { get; init; }

    internal static FineTuningDataError From(DataError error) => new() { FileId = error.FileId, Line = error.Line, Message = error.Message };
}
