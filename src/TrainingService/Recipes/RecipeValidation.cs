using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Google.Protobuf.Collections;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.TrainingContracts.Recipes;

namespace LlmPlatform.TrainingService.Recipes;

/// <summary>What a recipe must look like; everything that is wrong is told at once.</summary>
internal static partial class RecipeValidation
{
    public const int MaxFiles = 64;

    private const int MaxId = 128;
    private const int MaxSteps = 100_000_000;
    private const int MaxBatch = 1 << 16;
    private const int MaxLength = 1 << 20;
    private const int MaxCheckpoints = 1000;
    private const int MaxThreads = 1024;
    private const int MaxModules = 256;
    private const string AllLinear = "all-linear";

    private static readonly string[] Schedulers = ["cosine", "linear", "constant", "constant_with_warmup"];
    private static readonly string[] Dtypes = ["float32", "bfloat16"];

    /// <summary>Objectives of decoders; adapters are served over these only.</summary>
    public static readonly FrozenSet<string> OfDecoders = FrozenSet.ToFrozenSet([Objectives.CausalLm, Objectives.Sft, Objectives.Dpo]);

    public static FieldValidation RequireRecipe(this FieldValidation validation, Recipe? recipe)
    {
        if (recipe is null)
        {
            return validation.RequireHidden("recipe", false, "a recipe");
        }

        validation
            .Require("recipe.objective", recipe.Objective, Objectives.All.Contains(recipe.Objective), $"one of {string.Join(", ", Objectives.All)}")
            .Require("recipe.base_model", recipe.BaseModel, recipe.BaseModel.Length is > 0 and <= ModelField.MaxLength, "a model's name, name@version or name@alias")
            .Require("recipe.output_model", recipe.OutputModel, recipe.OutputModel.Length == 0 || ModelName().IsMatch(recipe.OutputModel), "1 to 128 of A-Z, a-z, 0-9, '.', '_' and '-', beginning with a letter or digit")
            .Require("recipe.training_files", recipe.TrainingFiles.Count, recipe.TrainingFiles.Count is > 0 and <= MaxFiles, $"1 to {MaxFiles} files")
            .Require("recipe.validation_files", recipe.ValidationFiles.Count, recipe.ValidationFiles.Count <= MaxFiles, $"at most {MaxFiles} files");
        RequireIds(validation, "recipe.training_files", recipe.TrainingFiles);
        RequireIds(validation, "recipe.validation_files", recipe.ValidationFiles);
        RequireCounts(validation, recipe);
        RequireOptimizer(validation, recipe);
        RequireLora(validation, recipe);
        RequireOptions(validation, recipe);
        return validation;
    }

    private static void RequireIds(FieldValidation validation, string field, RepeatedField<string> ids)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        for (int i = 0; i < Math.Min(ids.Count, MaxFiles); i++)
        {
            validation.Require($"{field}[{i}]", ids[i], ids[i].Length is > 0 and <= MaxId && seen.Add(ids[i]), "the id of an uploaded file, each once");
        }
    }

    private static void RequireCounts(FieldValidation validation, Recipe recipe)
    {
        Range(validation, "num_train_epochs", recipe.HasNumTrainEpochs, recipe.NumTrainEpochs, 1, MaxSteps);
        Range(validation, "max_steps", recipe.HasMaxSteps, recipe.MaxSteps, 0, MaxSteps);
        Range(validation, "per_device_train_batch_size", recipe.HasPerDeviceTrainBatchSize, recipe.PerDeviceTrainBatchSize, 1, MaxBatch);
        Range(validation, "per_device_eval_batch_size", recipe.HasPerDeviceEvalBatchSize, recipe.PerDeviceEvalBatchSize, 1, MaxBatch);
        Range(validation, "gradient_accumulation_steps", recipe.HasGradientAccumulationSteps, recipe.GradientAccumulationSteps, 1, MaxBatch);
        Range(validation, "max_length", recipe.HasMaxLength, recipe.MaxLength, 2, MaxLength);
        Range(validation, "logging_steps", recipe.HasLoggingSteps, recipe.LoggingSteps, 1, MaxSteps);
        Range(validation, "eval_steps", recipe.HasEvalSteps, recipe.EvalSteps, 0, MaxSteps);
        Range(validation, "save_steps", recipe.HasSaveSteps, recipe.SaveSteps, 1, MaxSteps);
        Range(validation, "save_total_limit", recipe.HasSaveTotalLimit, recipe.SaveTotalLimit, 1, MaxCheckpoints);
        Range(validation, "threads", recipe.HasThreads, recipe.Threads, 1, MaxThreads);
        Range(validation, "warmup_steps", recipe.HasWarmupSteps, recipe.WarmupSteps, 0, MaxSteps);
        Range(validation, "seed", recipe.HasSeed, recipe.Seed, 0, long.MaxValue);
    }

    private static void RequireOptimizer(FieldValidation validation, Recipe recipe)
    {
        // A rate that is much too large is for the training to refuse: it tells the step at which it diverged.
        Above(validation, "recipe.learning_rate", recipe.HasLearningRate, recipe.LearningRate, 1e12);
        validation
            .Require("recipe.lr_scheduler_type", recipe.LrSchedulerType, !recipe.HasLrSchedulerType || Schedulers.Contains(recipe.LrSchedulerType), $"one of {string.Join(", ", Schedulers)}")
            .Require("recipe.dtype", recipe.Dtype, !recipe.HasDtype || Dtypes.Contains(recipe.Dtype), $"one of {string.Join(", ", Dtypes)}");
        Range(validation, "warmup_ratio", recipe.HasWarmupRatio, recipe.WarmupRatio, 0, 1);
        Range(validation, "weight_decay", recipe.HasWeightDecay, recipe.WeightDecay, 0, 10);
        Range(validation, "max_grad_norm", recipe.HasMaxGradNorm, recipe.MaxGradNorm, 0, 1e12);
        Below1(validation, "recipe.adam_beta1", recipe.HasAdamBeta1, recipe.AdamBeta1);
        Below1(validation, "recipe.adam_beta2", recipe.HasAdamBeta2, recipe.AdamBeta2);
        Above(validation, "recipe.adam_epsilon", recipe.HasAdamEpsilon, recipe.AdamEpsilon, 1);
    }

    private static void RequireLora(FieldValidation validation, Recipe recipe)
    {
        if (recipe.Lora is not { } lora)
        {
            return;
        }

        validation.RequireHidden("recipe.lora", OfDecoders.Contains(recipe.Objective), $"none for objective {SafeValue.Cut(recipe.Objective)}: adapters are for {string.Join(", ", OfDecoders.Order())}");
        Range(validation, "lora.r", lora.HasR, lora.R, 1, 4096);
        Above(validation, "recipe.lora.lora_alpha", lora.HasLoraAlpha, lora.LoraAlpha, 1e6);
        Below1(validation, "recipe.lora.lora_dropout", lora.HasLoraDropout, lora.LoraDropout);
        validation
            .Require("recipe.lora.target_modules", lora.TargetModules.Count, lora.TargetModules.Count <= MaxModules, $"at most {MaxModules} names")
            .RequireHidden("recipe.lora.target_modules", lora.TargetModules.Count <= 1 || !lora.TargetModules.Contains(AllLinear), $"{AllLinear} alone, or names of modules");
        for (int i = 0; i < Math.Min(lora.TargetModules.Count, MaxModules); i++)
        {
            validation.RequireText($"recipe.lora.target_modules[{i}]", lora.TargetModules[i], MaxId);
        }
    }

    private static void RequireOptions(FieldValidation validation, Recipe recipe)
    {
        Only(validation, "sft", recipe.Sft is not null, recipe.Objective, Objectives.Sft);
        Only(validation, "dpo", recipe.Dpo is not null, recipe.Objective, Objectives.Dpo);
        Only(validation, "contrastive", recipe.Contrastive is not null, recipe.Objective, Objectives.Contrastive);
        Only(validation, "distillation", recipe.Distillation is not null, recipe.Objective, Objectives.CosineDistillation);
        Only(validation, "masked_lm", recipe.MaskedLm is not null, recipe.Objective, Objectives.MaskedLm);
        if (recipe.Dpo is { } dpo)
        {
            Above(validation, "recipe.dpo.beta", dpo.HasBeta, dpo.Beta, 1e6);
            validation.Require("recipe.dpo.loss_type", dpo.LossType, !dpo.HasLossType || dpo.LossType == "sigmoid", "sigmoid");
        }

        if (recipe.Contrastive is { } contrastive)
        {
            Above(validation, "recipe.contrastive.scale", contrastive.HasScale, contrastive.Scale, 1e6);
        }

        if (recipe.MaskedLm is { } masked)
        {
            Above(validation, "recipe.masked_lm.mlm_probability", masked.HasMlmProbability, masked.MlmProbability, 1);
        }

        if (recipe.Objective == Objectives.CosineDistillation)
        {
            string teacher = recipe.Distillation?.TeacherModel ?? "";
            validation.Require("recipe.distillation.teacher_model", teacher, teacher.Length is > 0 and <= ModelField.MaxLength, "a model's name, name@version or name@alias");
        }
    }

    private static void Only(FieldValidation validation, string field, bool given, string objective, string wanted) =>
        validation.RequireHidden("recipe." + field, !given || objective == wanted, $"none for objective {SafeValue.Cut(objective)}");

    private static void Range(FieldValidation validation, string field, bool given, double value, double min, double max) =>
        validation.RequireRange("recipe." + field, given ? value : min, min, max);

    private static void Above(FieldValidation validation, string field, bool given, double value, double max) =>
        validation.Require(field, value, !given || (value > 0 && value <= max), $"a number above 0, at most {max:0.###############}");

    private static void Below1(FieldValidation validation, string field, bool given, double value) =>
        validation.Require(field, value, !given || (value >= 0 && value < 1), "a number from 0 to less than 1");

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,127}\\z")]
    private static partial Regex ModelName();
}
