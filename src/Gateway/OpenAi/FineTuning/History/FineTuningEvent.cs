using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.OpenAi.FineTuning.Jobs;

namespace LlmPlatform.Gateway.OpenAi.FineTuning.History;

/// <summary>Something that happened to a job.</summary>
public sealed record FineTuningEvent
{
    private const string IdPrefix = "ftevent-";

    /// <summary>What the next page's <c>after</c> says.</summary>
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary><c>fine_tuning.job.event</c>.</summary>
    [JsonPropertyName("object")]
    public string Object => "fine_tuning.job.event";

    /// <summary>Unix time in seconds.</summary>
    [JsonPropertyName("created_at")]
    public required long CreatedAt { get; init; }

    /// <summary><c>info</c>, <c>warn</c> or <c>error</c>.</summary>
    [JsonPropertyName("level")]
    public required string Level { get; init; }

    /// <summary>The event in words.</summary>
    [JsonPropertyName("message")]
    public required string Message { get; init; }

    /// <summary><c>message</c> or <c>metrics</c>.</summary>
    [JsonPropertyName("type")]
    public required string Type { get; init; }

    /// <summary>
    /// Of metrics: <c>step</c>, <c>train_loss</c>, <c>valid_loss</c> and the like as OpenAI names them, and all by TRL's
    /// names (<c>loss</c>, <c>rewards/margins</c>, <c>eval_loss</c>).
    /// </summary>
    [JsonPropertyName("data")]
    public required JsonObject Data { get; init; }

    /// <exception cref="OpenAiException">It is no event's id.</exception>
    internal static long CursorOf(string id) =>
        id.StartsWith(IdPrefix, StringComparison.Ordinal) && long.TryParse(id.AsSpan(IdPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long cursor)
            ? cursor
            : throw InvalidRequest.WrongValue("after", id, "the id of an object in this list");

    internal static FineTuningEvent From(JobEvent happened, Job job)
    {
        (string level, string message, JsonObject data) = happened.EventCase switch
        {
            JobEvent.EventOneofCase.Metrics => ("info", DescribeMetrics(happened.Metrics, job), DataOf(happened.Metrics)),
            JobEvent.EventOneofCase.Status => DescribeStatus(happened.Status),
            JobEvent.EventOneofCase.Checkpoint => (
                "info",
                $"Checkpoint created at step {happened.Checkpoint.Checkpoint.Step}",
                new JsonObject { ["step"] = happened.Checkpoint.Checkpoint.Step, ["checkpoint_id"] = happened.Checkpoint.Checkpoint.Id }),
            JobEvent.EventOneofCase.Message => (happened.Message.Level is { Length: > 0 } given ? given : "info", happened.Message.Text, []),
            _ => ("info", "", []),
        };
        return new FineTuningEvent
        {
            Id = $"{IdPrefix}{happened.Cursor}",
            CreatedAt = happened.CreatedAt?.Seconds ?? 0,
            Level = level,
            Message = message,
            Type = happened.EventCase == JobEvent.EventOneofCase.Metrics ? "metrics" : "message",
            Data = data,
        };
    }

    private static string DescribeMetrics(MetricsEvent metrics, Job job)
    {
        string steps = job.MaxSteps > 0 ? $"Step {metrics.Step}/{job.MaxSteps}" : $"Step {metrics.Step}";
        IEnumerable<string> shown = OpenAiMetrics.Of(metrics.Values)
            .Where(metric => metric.Key is "train_loss" or "valid_loss")
            .Select(metric => string.Create(CultureInfo.InvariantCulture, $"{(metric.Key == "train_loss" ? "training" : "validation")} loss={metric.Value:F4}"));
        string losses = string.Join(", ", shown);
        return losses.Length > 0 ? $"{steps}: {losses}" : steps;
    }

    private static JsonObject DataOf(MetricsEvent metrics)
    {
        JsonObject data = new() { ["step"] = metrics.Step, ["epoch"] = metrics.Epoch };
        foreach ((string name, double value) in OpenAiMetrics.Of(metrics.Values).Concat(FineTuningJob.Finite(metrics.Values)))
        {
            data[name] = value;
        }

        return data;
    }

    private static (string Level, string Message, JsonObject Data) DescribeStatus(StatusEvent changed)
    {
        string status = FineTuningJob.StatusName(changed.Status);
        JsonObject data = new() { ["status"] = status };
        string message = changed.Status switch
        {
            JobStatus.Queued => "The job is queued",
            JobStatus.Preparing => "The base model and the files are being read",
            JobStatus.Running => "Training has started",
            JobStatus.Paused => "The job is paused",
            JobStatus.Succeeded => $"The job has succeeded; new model: {changed.OutputVersion}",
            JobStatus.Failed => $"The job has failed: {changed.Error?.Message}",
            JobStatus.Cancelled => "The job is cancelled",
            _ => status,
        };
        if (changed.Status == JobStatus.Failed)
        {
            data["code"] = changed.Error?.Code;
        }

        return (changed.Status == JobStatus.Failed ? "error" : "info", message, data);
    }
}

/// <summary>One page of events.</summary>
public sealed record FineTuningEventList
{
    /// <summary><c>list</c>.</summary>
    [JsonPropertyName("object")]
    public string Object => "list";

    /// <summary>The events, the newest first.</summary>
    [JsonPropertyName("data")]
    public required IReadOnlyList<FineTuningEvent> Data { get; init; }

    /// <summary>Whether there are more.</summary>
    [JsonPropertyName("has_more")]
    public required bool HasMore { get; init; }
}
