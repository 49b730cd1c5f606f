using System.Globalization;
using System.Text.Json.Nodes;
using LlmPlatform.Contracts.Training.V1;

namespace LlmPlatform.Cli.Commands.Training;

/// <summary>A job in words and as JSON.</summary>
internal static class JobText
{
    private static readonly string[] Shown = ["loss", "eval_loss", "rewards/margins", "rewards/accuracies", "learning_rate"];

    public static string StatusName(JobStatus status) => status.ToString().ToLowerInvariant();

    public static bool HasEnded(JobStatus status) => status is JobStatus.Succeeded or JobStatus.Failed or JobStatus.Cancelled;

    public static string Headline(Job job) => $"{job.Id}  {StatusName(job.Status)}  {job.Recipe.Objective} of {job.BaseVersion.Split('@')[0]}{(job.OutputVersion.Length > 0 ? $" -> {job.OutputVersion}" : "")}";

    public static string Line(MetricsEvent metrics, long maxSteps)
    {
        string step = maxSteps > 0 ? $"step {metrics.Step}/{maxSteps}" : $"step {metrics.Step}";
        return string.Join("  ", metrics.Values
            .Where(value => Shown.Contains(value.Key) || value.Key.StartsWith("eval_", StringComparison.Ordinal))
            .OrderBy(value => value.Key, StringComparer.Ordinal)
            .Select(value => string.Create(CultureInfo.InvariantCulture, $"{value.Key} {value.Value:G5}"))
            .Prepend(step));
    }

    public static string TimeLeft(Job job) =>
        job.HasEstimatedSecondsLeft && !HasEnded(job.Status) ? $", {TimeSpan.FromSeconds(Math.Round(job.EstimatedSecondsLeft)):c} left" : "";

    public static string Metric(Job job, string name) =>
        job.Metrics.TryGetValue(name, out double value) ? value.ToString("G5", CultureInfo.InvariantCulture) : "";

    /// <summary>Why a job failed, with the lines at fault.</summary>
    public static string Failure(JobError error)
    {
        string step = error.HasStep ? $" at step {error.Step}" : "";
        return string.Concat([$"{error.Code}{step}: {error.Message}", .. error.DataErrors.Select(line => $"{Environment.NewLine}  {line.FileId} line {line.Line}: {line.Message}")]);
    }

    public static JsonObject Json(Job job) => new()
    {
        ["id"] = job.Id,
        ["status"] = StatusName(job.Status),
        ["name"] = job.Name,
        ["created_at"] = job.CreatedAt?.ToDateTime(),
        ["started_at"] = job.StartedAt?.ToDateTime(),
        ["finished_at"] = job.FinishedAt?.ToDateTime(),
        ["base_version"] = job.BaseVersion,
        ["output_version"] = job.OutputVersion,
        ["step"] = job.Step,
        ["max_steps"] = job.MaxSteps,
        ["epoch"] = job.Epoch,
        ["trained_tokens"] = job.TrainedTokens,
        ["estimated_seconds_left"] = job.HasEstimatedSecondsLeft ? job.EstimatedSecondsLeft : null,
        ["metrics"] = Numbers(job.Metrics),
        ["evaluation_before"] = Numbers(job.EvaluationBefore),
        ["evaluation_after"] = Numbers(job.EvaluationAfter),
        ["error"] = job.Error is { } error
            ? new JsonObject
            {
                ["code"] = error.Code,
                ["message"] = error.Message,
                ["step"] = error.HasStep ? error.Step : null,
                ["data_errors"] = new JsonArray([.. error.DataErrors.Select(line =>
                    (JsonNode)new JsonObject { ["file_id"] = line.FileId, ["line"] = line.Line, ["message"] = line.Message })]),
            }
            : null,
        ["recipe"] = RecipeText.Json(job.Recipe),
        ["metadata"] = new JsonObject(job.Metadata.Select(item => KeyValuePair.Create(item.Key, (JsonNode?)item.Value))),
    };

    /// <summary>The metrics of an event; null for events of other kinds.</summary>
    public static JsonObject? Json(JobEvent happened)
    {
        if (happened.EventCase != JobEvent.EventOneofCase.Metrics)
        {
            return null;
        }

        JsonObject values = Numbers(happened.Metrics.Values);
        values.Insert(0, "step", happened.Metrics.Step);
        return values;
    }

    // JSON has no NaN.
    private static JsonObject Numbers(IDictionary<string, double> values) =>
        new(values.OrderBy(value => value.Key, StringComparer.Ordinal).Select(value => KeyValuePair.Create(value.Key, double.IsFinite(value.Value) ? (JsonNode?)value.Value : null)));
}
