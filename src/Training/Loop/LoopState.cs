using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace LlmPlatform.Training.Loop;

/// <summary>Where a training is, beside its weights and the optimizer's moments.</summary>
public sealed record LoopState
{
    /// <summary>The last step done; the data's position and the learning rate follow from it.</summary>
    public long Step { get; set; }

    /// <summary>The step that is being done, with its log and checkpoint; 0 before the first of this run.</summary>
    [JsonIgnore]
    public long Current { get; set; }

    /// <summary>Tokens trained on.</summary>
    public long NumTokens { get; set; }

    /// <summary>The sum of the losses of all steps.</summary>
    public double LossSum { get; set; }

    /// <summary>What has not been logged yet.</summary>
    public MetricSums Pending { get; set; } = new();

    /// <summary>Metrics of the held-out data before training.</summary>
    public ImmutableSortedDictionary<string, double> EvaluationBefore { get; set; } = ImmutableSortedDictionary<string, double>.Empty;
}
