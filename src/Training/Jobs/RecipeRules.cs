using LlmPlatform.Training.Loop;
using LlmPlatform.Training.Optimization;
using LlmPlatform.TrainingContracts.Recipes;

namespace LlmPlatform.Training.Jobs;

/// <summary>What a recipe must be like.</summary>
internal static class RecipeRules
{
    /// <summary>Weights, gradients and activations in bfloat16, with a copy of trained weights in float32.</summary>
    public const string BFloat16 = "bfloat16";

    private const string Float32 = "float32";
    private const string Sigmoid = "sigmoid";

    /// <summary>Checks a recipe.</summary>
    /// <exception cref="TrainingException">A value cannot be used; the message names it.</exception>
    public static void Check(TrainingRecipe recipe)
    {
        Require(TrainingContracts.Recipes.Objectives.All.Contains(recipe.Objective), "objective", recipe.Objective, string.Join(", ", TrainingContracts.Recipes.Objectives.All));
        Require(recipe.Dtype is Float32 or BFloat16, "dtype", recipe.Dtype, $"{Float32} or {BFloat16}");
        Require(LearningRateSchedule.Types.Contains(recipe.LrSchedulerType), "lr_scheduler_type", recipe.LrSchedulerType, string.Join(", ", LearningRateSchedule.Types));
        Require(recipe.Objective != TrainingContracts.Recipes.Objectives.Dpo || recipe.LossType == Sigmoid, "loss_type", recipe.LossType, Sigmoid);
        Require(double.IsFinite(recipe.LearningRate) && recipe.LearningRate >= 0, "learning_rate", recipe.LearningRate, "a number of at least 0");
        Require(recipe.MaxSteps >= 0, "max_steps", recipe.MaxSteps, "at least 0");
        Require(recipe.MaxSteps > 0 || recipe.NumTrainEpochs > 0, "num_train_epochs", recipe.NumTrainEpochs, "at least 1");
        AtLeastOne("per_device_train_batch_size", recipe.PerDeviceTrainBatchSize);
        AtLeastOne("per_device_eval_batch_size", recipe.PerDeviceEvalBatchSize);
        AtLeastOne("gradient_accumulation_steps", recipe.GradientAccumulationSteps);
        AtLeastOne("logging_steps", recipe.LoggingSteps);
        AtLeastOne("save_steps", recipe.SaveSteps);
        AtLeastOne("save_total_limit", recipe.SaveTotalLimit);
        AtLeastOne("threads", recipe.Threads);
        Require(recipe.EvalSteps >= 0, "eval_steps", recipe.EvalSteps, "at least 0");
        Require(recipe.MaxLength >= 2, "max_length", recipe.MaxLength, "at least 2");
        Require(recipe.WarmupSteps >= 0, "warmup_steps", recipe.WarmupSteps, "at least 0");
        Require(recipe.WarmupRatio is >= 0 and <= 1, "warmup_ratio", recipe.WarmupRatio, "from 0 to 1");
        NotNegative("weight_decay", recipe.WeightDecay);
        NotNegative("max_grad_norm", recipe.MaxGradNorm);
        Require(recipe.AdamBeta1 is >= 0 and < 1, "adam_beta1", recipe.AdamBeta1, "from 0 to below 1");
        Require(recipe.AdamBeta2 is >= 0 and < 1, "adam_beta2", recipe.AdamBeta2, "from 0 to below 1");
        Positive("adam_epsilon", recipe.AdamEpsilon);
        Positive("beta", recipe.Beta);
        Positive("scale", recipe.Scale);
        Require(recipe.MlmProbability is > 0 and <= 1, "mlm_probability", recipe.MlmProbability, "above 0, up to 1");
        if (recipe.Lora is { } lora)
        {
            AtLeastOne("lora.r", lora.R);
            Require(double.IsFinite(lora.LoraAlpha), "lora.lora_alpha", lora.LoraAlpha, "a number");
            Require(lora.LoraDropout is >= 0 and < 1, "lora.lora_dropout", lora.LoraDropout, "from 0 to below 1");
            Require(!lora.TargetModules.IsDefaultOrEmpty, "lora.target_modules", "[]", "names of modules, or all-linear");
        }
    }

    private static void AtLeastOne(string name, int value) => Require(value >= 1, name, value, "at least 1");

    private static void NotNegative(string name, double value) => Require(double.IsFinite(value) && value >= 0, name, value, "a number of at least 0");

    private static void Positive(string name, double value) => Require(double.IsFinite(value) && value > 0, name, value, "a number above 0");

    private static void Require(bool met, string name, object value, string expected)
    {
        if (!met)
        {
            string text = FormattableString.Invariant($"{value}");
            throw new TrainingException(FailureCodes.InvalidRecipe, $"{name} is {(text.Length <= 64 ? text : text[..64] + "...")}, expected {expected}");
        }
    }
}
