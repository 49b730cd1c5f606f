using System.Collections.Immutable;

namespace LlmPlatform.TrainingContracts.Recipes;

/// <summary>What to train and how, every default filled in. Names and defaults are those of TRL's and transformers' arguments.</summary>
public sealed record TrainingRecipe
{
    /// <summary>One of <see cref="Objectives"/>.</summary>
    public required string Objective { get; init; }

    /// <summary>Null: all weights are trained.</summary>
    public LoraRecipe? Lora { get; init; }

    /// <summary>Passes over the data; overridden by <see cref="MaxSteps"/>.</summary>
    public int NumTrainEpochs { get; init; } = 3;

    /// <summary>Optimizer steps; 0: as many as <see cref="NumTrainEpochs"/> takes.</summary>
    public int MaxSteps { get; init; }

    /// <summary>Rows of a batch.</summary>
    public int PerDeviceTrainBatchSize { get; init; } = 8;

    /// <summary>Rows of a batch of an evaluation.</summary>
    public int PerDeviceEvalBatchSize { get; init; } = 8;

    /// <summary>Batches of an optimizer step.</summary>
    public int GradientAccumulationSteps { get; init; } = 1;

    /// <summary>The peak rate. <see cref="Objectives.DefaultLearningRate"/> where none was named.</summary>
    public required double LearningRate { get; init; }

    /// <summary>cosine, linear, constant or constant_with_warmup.</summary>
    public string LrSchedulerType { get; init; } = "cosine";

    /// <summary>Steps of linear warm-up; above 0 it overrides <see cref="WarmupRatio"/>.</summary>
    public int WarmupSteps { get; init; }

    /// <summary>Share of all steps that warm up.</summary>
    public double WarmupRatio { get; init; }

    /// <summary>Decay of weights other than biases and norms.</summary>
    public double WeightDecay { get; init; }

    /// <summary>AdamW's first beta.</summary>
    public double AdamBeta1 { get; init; } = 0.9;

    /// <summary>AdamW's second beta.</summary>
    public double AdamBeta2 { get; init; } = 0.999;

    /// <summary>AdamW's epsilon.</summary>
    public double AdamEpsilon { get; init; } = 1e-8;

    /// <summary>Gradients are scaled down to this 2-norm; 0: never.</summary>
    public double MaxGradNorm { get; init; } = 1.0;

    /// <summary>Tokens of a row at most.</summary>
    public int MaxLength { get; init; } = 1024;

    /// <summary>float32 or bfloat16.</summary>
    public string Dtype { get; init; } = "float32";

    /// <summary>Of data order, initial adapter weights and dropout.</summary>
    public long Seed { get; init; } = 42;

    /// <summary>Steps between logged metrics.</summary>
    public int LoggingSteps { get; init; } = 1;

    /// <summary>Steps between evaluations; 0: only before and after.</summary>
    public int EvalSteps { get; init; }

    /// <summary>Steps between checkpoints.</summary>
    public int SaveSteps { get; init; } = 10;

    /// <summary>Checkpoints kept.</summary>
    public int SaveTotalLimit { get; init; } = 2;

    /// <summary>Threads of the child process.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>For objective sft; null: by the form of the data.</summary>
    public bool? CompletionOnlyLoss { get; init; }

    /// <summary>For objective sft; null: by the form of the data.</summary>
    public bool? AssistantOnlyLoss { get; init; }

    /// <summary>For objective sft: whether several rows share one of <see cref="MaxLength"/>; null: no.</summary>
    public bool? Packing { get; init; }

    /// <summary>For objective dpo.</summary>
    public double Beta { get; init; } = 0.1;

    /// <summary>For objective dpo: sigmoid.</summary>
    public string LossType { get; init; } = "sigmoid";

    /// <summary>For objective contrastive: the factor of cosine similarities.</summary>
    public double Scale { get; init; } = 20;

    /// <summary>For objective masked_lm: share of tokens that are masked.</summary>
    public double MlmProbability { get; init; } = 0.15;
}
