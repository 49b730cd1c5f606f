using System.Globalization;
using System.Text.Json.Serialization;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.Gateway.OpenAi.FineTuning.Recipes;
using LlmPlatform.TrainingContracts.Recipes;

namespace LlmPlatform.Gateway.OpenAi.FineTuning.Jobs;

/// <summary>A training job.</summary>
public sealed record FineTuningJob
{
    /// <summary>What requests name it by.</summary>
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary><c>fine_tuning.job</c>.</summary>
    [JsonPropertyName("object")]
    public string Object => "fine_tuning.job";

    /// <summary>Unix time in seconds.</summary>
    [JsonPropertyName("created_at")]
    public required long CreatedAt { get; init; }

    /// <summary>When it ended.</summary>
    [JsonPropertyName("finished_at")]
    public long? FinishedAt { get; init; }

    /// <summary>
    /// <c>validating_files</c>, <c>queued</c>, <c>running</c>, <c>paused</c>, <c>succeeded</c>, <c>failed</c> or
    /// <c>cancelled</c>.
    /// </summary>
    [JsonPropertyName("status")]
    public required string Status { get; init; }

    /// <summary>Why it failed, else null.</summary>
    [JsonPropertyName("error")]
    public FineTuningJobError? Error { get; init; }

    /// <summary>The base as the request named it.</summary>
    [JsonPropertyName("model")]
    public required string Model { get; init; }

    /// <summary>What to chat with, once there is something.</summary>
    [JsonPropertyName("fine_tuned_model")]
    public string? FineTunedModel { get; init; }

    /// <summary>The tenant it belongs to.</summary>
    [JsonPropertyName("organization_id")]
    public required string OrganizationId { get; init; }

    /// <summary>The training data.</summary>
    [JsonPropertyName("training_file")]
    public required string TrainingFile { get; init; }

    /// <summary>The validation data, if any.</summary>
    [JsonPropertyName("validation_file")]
    public string? ValidationFile { get; init; }

    /// <summary>Empty: metrics are events, the model is in the registry.</summary>
    [JsonPropertyName("result_files")]
    public IReadOnlyList<string> ResultFiles => [];

    /// <summary>Tokens that were trained on, when the job has ended.</summary>
    [JsonPropertyName("trained_tokens")]
    public long? TrainedTokens { get; init; }

    /// <summary>The seed.</summary>
    [JsonPropertyName("seed")]
    public required long Seed { get; init; }

    /// <summary>When it will end by its speed so far.</summary>
    [JsonPropertyName("estimated_finish")]
    public long? EstimatedFinish { get; init; }

    /// <summary>OpenAI's numbers, as they are.</summary>
    [JsonPropertyName("hyperparameters")]
    public required FineTuningHyperparameters Hyperparameters { get; init; }

    /// <summary>OpenAI's method; absent for objectives that OpenAI's API does not have.</summary>
    [JsonPropertyName("method")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FineTuningMethod? Method { get; init; }

    /// <summary>Empty: there are none.</summary>
    [JsonPropertyName("integrations")]
    public IReadOnlyList<string> Integrations => [];

    /// <summary>The caller's own names and texts.</summary>
    [JsonPropertyName("metadata")]
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>The suffix that the request gave.</summary>
    [JsonPropertyName("user_provided_suffix")]
    public string? UserProvidedSuffix { get; init; }

    /// <summary>Everything that it trains by, with every default. Not part of OpenAI's API.</summary>
    [JsonPropertyName("recipe")]
    public required FineTuningRecipe Recipe { get; init; }

    /// <summary><c>name@version</c> of the base when the job was made. Not part of OpenAI's API.</summary>
    [JsonPropertyName("base_version")]
    public string? BaseVersion { get; init; }

    /// <summary><c>name@version</c> of the result. Not part of OpenAI's API.</summary>
    [JsonPropertyName("output_version")]
    public string? OutputVersion { get; init; }

    /// <summary>Optimizer steps done. Not part of OpenAI's API.</summary>
    [JsonPropertyName("step")]
    public required long Step { get; init; }

    /// <summary>Optimizer steps to do, once that is known. Not part of OpenAI's API.</summary>
    [JsonPropertyName("max_steps")]
    public long? MaxSteps { get; init; }

    /// <summary>The last values of its metrics, by TRL's names. Not part of OpenAI's API.</summary>
    [JsonPropertyName("metrics")]
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>The validation data's metrics before training. Not part of OpenAI's API.</summary>
    [JsonPropertyName("evaluation_before")]
    public required IReadOnlyDictionary<string, double> EvaluationBefore { get; init; }

    /// <summary>The same after it. Not part of OpenAI's API.</summary>
    [JsonPropertyName("evaluation_after")]
    public required IReadOnlyDictionary<string, double> EvaluationAfter { get; init; }

    internal static FineTuningJob From(Job job, DateTimeOffset now)
    {
        Recipe recipe = job.Recipe;
        bool ended = job.Status is JobStatus.Succeeded or JobStatus.Failed or JobStatus.Cancelled;
        return new FineTuningJob
        {
            Id = job.Id,
            CreatedAt = job.CreatedAt?.Seconds ?? 0,
            FinishedAt = job.FinishedAt?.Seconds,
            Status = StatusName(job.Status),
            Error = FineTuningJobError.From(job),
            Model = recipe.BaseModel,
            FineTunedModel = job.Status == JobStatus.Succeeded && job.OutputVersion.Length > 0
                ? recipe.HasPromote && !recipe.Promote ? job.OutputVersion : job.OutputVersion.Split('@')[0]
                : null,
            OrganizationId = job.Tenant,
            TrainingFile = recipe.TrainingFiles.FirstOrDefault() ?? "",
            ValidationFile = recipe.ValidationFiles.FirstOrDefault(),
            TrainedTokens = ended ? job.TrainedTokens : null,
            Seed = recipe.Seed,
            EstimatedFinish = job.HasEstimatedSecondsLeft && !ended ? now.AddSeconds(job.EstimatedSecondsLeft).ToUnixTimeSeconds() : null,
            Hyperparameters = HyperparametersOf<FineTuningHyperparameters>(recipe),
            Method = recipe.Objective switch
            {
                Objectives.Sft => new FineTuningMethod
                {
                    Type = FineTuningMethod.Supervised,
                    SupervisedMethod = new SupervisedMethod { Hyperparameters = HyperparametersOf<FineTuningHyperparameters>(recipe) },
                },
                Objectives.Dpo => new FineTuningMethod
                {
                    Type = FineTuningMethod.Dpo,
                    DpoMethod = new DpoMethod { Hyperparameters = HyperparametersOf<DpoHyperparameters>(recipe) with { Beta = recipe.Dpo?.Beta } },
                },
                _ => null,
            },
            Metadata = job.Metadata,
            UserProvidedSuffix = job.Name is { Length: > 0 } name ? name : null,
            Recipe = new FineTuningRecipe { Fields = recipe },
            BaseVersion = job.BaseVersion is { Length: > 0 } version ? version : null,
            OutputVersion = job.OutputVersion is { Length: > 0 } output ? output : null,
            Step = job.Step,
            MaxSteps = job.MaxSteps > 0 ? job.MaxSteps : null,
            Metrics = Finite(job.Metrics),
            EvaluationBefore = Finite(job.EvaluationBefore),
            EvaluationAfter = Finite(job.EvaluationAfter),
        };
    }

    /// <summary>OpenAI's word for a status.</summary>
    internal static string StatusName(JobStatus status) => status switch
    {
        JobStatus.Preparing => "validating_files",
        JobStatus.Running => "running",
        JobStatus.Paused => "paused",
        JobStatus.Succeeded => "succeeded",
        JobStatus.Failed => "failed",
        JobStatus.Cancelled => "cancelled",
        _ => "queued",
    };

    /// <summary>JSON has no NaN; a loss that became one is told by the job's error.</summary>
    internal static IReadOnlyDictionary<string, double> Finite(IEnumerable<KeyValuePair<string, double>> values) =>
        values.Where(value => double.IsFinite(value.Value)).ToDictionary();

    private static T HyperparametersOf<T>(Recipe recipe)
        where T : FineTuningHyperparameters, new()
    {
        double multiplier = recipe.LearningRate / Objectives.DefaultLearningRate(recipe.Objective, recipe.Lora is not null);
        return new T
        {
            BatchSize = recipe.PerDeviceTrainBatchSize * recipe.GradientAccumulationSteps,

            // The quotient of two rounded numbers: 2, not 2.0000000000000004.
            LearningRateMultiplier = double.Parse(multiplier.ToString("G12", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
            NEpochs = recipe.NumTrainEpochs,
        };
    }
}

/// <summary>One page of jobs.</summary>
public sealed record FineTuningJobList
{
    /// <summary><c>list</c>.</summary>
    [JsonPropertyName("object")]
    public string Object => "list";

    /// <summary>The jobs, the newest first.</summary>
    [JsonPropertyName("data")]
    public required IReadOnlyList<FineTuningJob> Data { get; init; }

    /// <summary>Whether there are more.</summary>
    [JsonPropertyName("has_more")]
    public required bool HasMore { get; init; }
}
