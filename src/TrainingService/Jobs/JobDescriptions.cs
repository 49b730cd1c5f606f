using Google.Protobuf.WellKnownTypes;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.TrainingService.Recipes;
using LlmPlatform.TrainingService.Rows;

namespace LlmPlatform.TrainingService.Jobs;

/// <summary>Rows as callers see them.</summary>
internal static class JobDescriptions
{
    public static Job Describe(this JobRow row)
    {
        Job job = new()
        {
            Id = row.Id,
            Tenant = row.Tenant,
            Status = row.Status,
            CreatedAt = Timestamp.FromDateTime(row.CreatedAt),
            StartedAt = row.StartedAt is { } started ? Timestamp.FromDateTime(started) : null,
            FinishedAt = row.FinishedAt is { } finished ? Timestamp.FromDateTime(finished) : null,
            Recipe = WorkerRecipe.Read(row.Recipe),
            BaseVersion = row.BaseVersion,
            Step = row.Step,
            MaxSteps = row.MaxSteps,
            Epoch = row.Epoch,
            TrainedTokens = row.TrainedTokens,
            Error = row.Error is null ? null : JobError.Parser.ParseJson(row.Error),
            OutputVersion = row.OutputVersion,
            Name = row.Name,
            DataHash = row.DataHash,
            Metrics = { Json.ReadNumbers(row.Metrics) },
            EvaluationBefore = { Json.ReadNumbers(row.EvaluationBefore) },
            EvaluationAfter = { Json.ReadNumbers(row.EvaluationAfter) },
            Metadata = { Json.ReadTexts(row.Metadata) },
        };
        if (SecondsLeft(row) is { } seconds)
        {
            job.EstimatedSecondsLeft = seconds;
        }

        return job;
    }

    public static JobEvent Describe(this EventRow row)
    {
        JobEvent happened = JobEvent.Parser.ParseFrom(row.Body);
        happened.Cursor = row.Cursor;
        happened.CreatedAt = Timestamp.FromDateTime(row.CreatedAt);
        return happened;
    }

    public static Checkpoint Describe(this CheckpointRow row) => new()
    {
        Id = $"{row.JobId}/step-{row.Step}",
        Step = row.Step,
        CreatedAt = Timestamp.FromDateTime(row.CreatedAt),
        Size = row.Size,
        Metrics = { Json.ReadNumbers(row.Metrics) },
    };

    private static double? SecondsLeft(JobRow row)
    {
        long done = row.Step - row.RunFirstStep + 1;
        return row is { Status: JobStatus.Running, RunStartedAt: { } from, LastStepAt: { } to } && done > 0 && row.MaxSteps >= row.Step
            ? (to - from).TotalSeconds / done * (row.MaxSteps - row.Step)
            : null;
    }
}
