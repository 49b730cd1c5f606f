using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.TrainingContracts.Worker;
using LlmPlatform.TrainingService.Data;
using LlmPlatform.TrainingService.Rows;

namespace LlmPlatform.TrainingService.Work;

/// <summary>What a child tells, as rows.</summary>
internal static class WorkerEventRows
{
    private const int MaxText = 4096;
    private const string EvaluationPrefix = "eval_";

    /// <summary>Applies one event. How the child ends is for whoever waits for it.</summary>
    public static void Apply(JobChange change, WorkerEvent happened)
    {
        switch (happened)
        {
            case WorkerPrepared prepared:
                (change.Row.MaxSteps, change.Row.DataHash) = (prepared.MaxSteps, prepared.DataHash);
                (change.Row.RunFirstStep, change.Row.RunStartedAt, change.Row.LastStepAt) = (prepared.FirstStep, change.Now, null);
                change.SetStatus(JobStatus.Running);
                change.Say("info", $"{prepared.TrainingRows} rows to train on and {prepared.ValidationRows} to evaluate on; {prepared.TrainableParameters} of {prepared.Parameters} weights are trained; step {prepared.FirstStep} of {prepared.MaxSteps} is the first");
                break;
            case WorkerMetrics metrics:
                Apply(change, metrics);
                break;
            case WorkerCheckpoint checkpoint:
                Apply(change, checkpoint);
                break;
            case WorkerMessage message:
                change.Say(message.Level is "warn" or "error" ? message.Level : "info", Cut(message.Text));
                break;
        }
    }

    /// <summary>The error of a child that failed.</summary>
    public static JobError ToError(this WorkerFailed failed)
    {
        JobError error = new()
        {
            Code = failed.Code,
            Message = Cut(failed.Message),
            DataErrors = { failed.DataErrors.Select(one => new DataError { FileId = one.FileId, Line = one.Line, Message = Cut(one.Message) }) },
        };
        if (failed.Step is { } step)
        {
            error.Step = step;
        }

        return error;
    }

    public static string Cut(string text) => text.Length <= MaxText ? text : text[..MaxText];

    private static void Apply(JobChange change, WorkerMetrics metrics)
    {
        JobRow row = change.Row;
        bool evaluation = metrics.Values.Count > 0 && metrics.Values.Keys.All(name => name.StartsWith(EvaluationPrefix, StringComparison.Ordinal));
        if (!evaluation)
        {
            (row.Step, row.Epoch, row.LastStepAt) = (metrics.Step, metrics.Epoch, change.Now);
            row.TrainedTokens = Math.Max(row.TrainedTokens, metrics.NumTokens);
        }

        Dictionary<string, double> last = Json.ReadNumbers(row.Metrics);
        MetricsEvent wire = new() { Step = metrics.Step, Epoch = metrics.Epoch };
        foreach ((string name, double value) in metrics.Values.Where(pair => double.IsFinite(pair.Value)))
        {
            wire.Values.Add(name, value);
            last[name] = value;
        }

        row.Metrics = Json.Write(last);
        change.Add(evaluation ? EventKind.Evaluation : EventKind.Metrics, metrics.Step, new JobEvent { Metrics = wire });
    }

    private static void Apply(JobChange change, WorkerCheckpoint checkpoint)
    {
        JobRow row = change.Row;
        row.Step = Math.Max(row.Step, checkpoint.Step);
        (row.Losses, row.Attempts) = (0, 0);
        CheckpointRow? known = change.Context.Checkpoints.Local.FirstOrDefault(one => one.JobId == row.Id && one.Step == checkpoint.Step)
            ?? change.Context.Checkpoints.FirstOrDefault(one => one.JobId == row.Id && one.Step == checkpoint.Step);
        if (known is null)
        {
            known = new CheckpointRow { JobId = row.Id, Step = checkpoint.Step };
            change.Context.Checkpoints.Add(known);
        }

        (known.CreatedAt, known.Size, known.Metrics) = (change.Now, checkpoint.Size, row.Metrics);
        change.Add(EventKind.Checkpoint, checkpoint.Step, new JobEvent { Checkpoint = new CheckpointEvent { Checkpoint = Jobs.JobDescriptions.Describe(known) } });
    }
}
