using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.TrainingContracts.Recipes;

namespace LlmPlatform.TrainingService.Recipes;

/// <summary>Fills in what a recipe leaves open.</summary>
internal static class RecipeDefaults
{
    private const int MaxName = 128;

    /// <summary>The recipe with every field that has a default.</summary>
    /// <param name="given">A valid recipe.</param>
    /// <param name="baseName">The base's name without version.</param>
    /// <param name="maxPositions">Tokens that the base has positions for; 0: not known.</param>
    /// <param name="jobId">The job's id.</param>
    public static Recipe Fill(Recipe given, string baseName, int maxPositions, string jobId)
    {
        Recipe recipe = given.Clone();
        TrainingRecipe standard = new() { Objective = recipe.Objective, LearningRate = Objectives.DefaultLearningRate(recipe.Objective, recipe.Lora is not null) };
        if (recipe.OutputModel.Length == 0)
        {
            string random = jobId[(jobId.IndexOf('-', StringComparison.Ordinal) + 1)..];
            recipe.OutputModel = $"{baseName[..Math.Min(baseName.Length, MaxName - random.Length - 1)]}-{random}";
        }

        recipe.Promote = !recipe.HasPromote || recipe.Promote;
        recipe.NumTrainEpochs = recipe.HasNumTrainEpochs ? recipe.NumTrainEpochs : standard.NumTrainEpochs;
        recipe.MaxSteps = recipe.HasMaxSteps ? recipe.MaxSteps : standard.MaxSteps;
        recipe.PerDeviceTrainBatchSize = recipe.HasPerDeviceTrainBatchSize ? recipe.PerDeviceTrainBatchSize : standard.PerDeviceTrainBatchSize;
        recipe.PerDeviceEvalBatchSize = recipe.HasPerDeviceEvalBatchSize ? recipe.PerDeviceEvalBatchSize : standard.PerDeviceEvalBatchSize;
        recipe.GradientAccumulationSteps = recipe.HasGradientAccumulationSteps ? recipe.GradientAccumulationSteps : standard.GradientAccumulationSteps;
        recipe.LearningRate = recipe.HasLearningRate ? recipe.LearningRate : standard.LearningRate;
        recipe.LrSchedulerType = recipe.HasLrSchedulerType ? recipe.LrSchedulerType : standard.LrSchedulerType;
        recipe.WarmupSteps = recipe.HasWarmupSteps ? recipe.WarmupSteps : standard.WarmupSteps;
        recipe.WarmupRatio = recipe.HasWarmupRatio ? recipe.WarmupRatio : standard.WarmupRatio;
        recipe.WeightDecay = recipe.HasWeightDecay ? recipe.WeightDecay : standard.WeightDecay;
        recipe.AdamBeta1 = recipe.HasAdamBeta1 ? recipe.AdamBeta1 : standard.AdamBeta1;
        recipe.AdamBeta2 = recipe.HasAdamBeta2 ? recipe.AdamBeta2 : standard.AdamBeta2;
        recipe.AdamEpsilon = recipe.HasAdamEpsilon ? recipe.AdamEpsilon : standard.AdamEpsilon;
        recipe.MaxGradNorm = recipe.HasMaxGradNorm ? recipe.MaxGradNorm : standard.MaxGradNorm;
        recipe.MaxLength = recipe.HasMaxLength ? recipe.MaxLength : Math.Min(standard.MaxLength, maxPositions > 0 ? maxPositions : int.MaxValue);
        recipe.Dtype = recipe.HasDtype ? recipe.Dtype : standard.Dtype;
        recipe.Seed = recipe.HasSeed ? recipe.Seed : standard.Seed;
        recipe.LoggingSteps = recipe.HasLoggingSteps ? recipe.LoggingSteps : standard.LoggingSteps;
        recipe.EvalSteps = recipe.HasEvalSteps ? recipe.EvalSteps : standard.EvalSteps;
        recipe.SaveSteps = recipe.HasSaveSteps ? recipe.SaveSteps : standard.SaveSteps;
        recipe.SaveTotalLimit = recipe.HasSaveTotalLimit ? recipe.SaveTotalLimit : standard.SaveTotalLimit;

        // One core stays for those who chat meanwhile.
        recipe.Threads = recipe.HasThreads ? recipe.Threads : Math.Max(1, Environment.ProcessorCount - 1);
        FillLora(recipe.Lora);
        FillObjective(recipe, standard);
        return recipe;
    }

    private static void FillLora(LoraOptions? lora)
    {
        if (lora is null)
        {
            return;
        }

        LoraRecipe standard = new();
        lora.R = lora.HasR ? lora.R : standard.R;
        lora.LoraAlpha = lora.HasLoraAlpha ? lora.LoraAlpha : standard.LoraAlpha;
        lora.LoraDropout = lora.HasLoraDropout ? lora.LoraDropout : standard.LoraDropout;
        lora.UseRslora = lora.HasUseRslora ? lora.UseRslora : standard.UseRslora;
        if (lora.TargetModules.Count == 0)
        {
            lora.TargetModules.Add(standard.TargetModules);
        }
    }

    // What supervised fine-tuning counts depends on the form of the data: that stays open until the data is read.
    private static void FillObjective(Recipe recipe, TrainingRecipe standard)
    {
        switch (recipe.Objective)
        {
            case Objectives.Sft:
                recipe.Sft ??= new SftOptions();
                break;
            case Objectives.Dpo:
                recipe.Dpo ??= new DpoOptions();
                recipe.Dpo.Beta = recipe.Dpo.HasBeta ? recipe.Dpo.Beta : standard.Beta;
                recipe.Dpo.LossType = recipe.Dpo.HasLossType ? recipe.Dpo.LossType : standard.LossType;
                break;
            case Objectives.Contrastive:
                recipe.Contrastive ??= new ContrastiveOptions();
                recipe.Contrastive.Scale = recipe.Contrastive.HasScale ? recipe.Contrastive.Scale : standard.Scale;
                break;
            case Objectives.MaskedLm:
                recipe.MaskedLm ??= new MaskedLmOptions();
                recipe.MaskedLm.MlmProbability = recipe.MaskedLm.HasMlmProbability ? recipe.MaskedLm.MlmProbability : standard.MlmProbability;
                break;
        }
    }
}
