using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.TrainingContracts.Recipes;
using LlmPlatform.TrainingContracts.Worker;

namespace LlmPlatform.TrainingService.Recipes;

/// <summary>A complete recipe as rows hold it and as the worker gets it.</summary>
internal static class WorkerRecipe
{
    public static string Write(Recipe recipe) => JsonFormatter.Default.Format(recipe);

    public static Recipe Read(string json) => Recipe.Parser.ParseJson(json);

    /// <summary>SHA-256 of what the result depends on beside base and data.</summary>
    public static string Hash(Recipe recipe) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(WorkerJson.Write(From(recipe)))));

    public static TrainingRecipe From(Recipe recipe) => new()
    {
        Objective = recipe.Objective,
        Lora = recipe.Lora is not { } lora ? null : new LoraRecipe
        {
            R = lora.R,
            LoraAlpha = lora.LoraAlpha,
            LoraDropout = lora.LoraDropout,
            TargetModules = [.. lora.TargetModules],
            UseRslora = lora.UseRslora,
        },
        NumTrainEpochs = recipe.NumTrainEpochs,
        MaxSteps = recipe.MaxSteps,
        PerDeviceTrainBatchSize = recipe.PerDeviceTrainBatchSize,
        PerDeviceEvalBatchSize = recipe.PerDeviceEvalBatchSize,
        GradientAccumulationSteps = recipe.GradientAccumulationSteps,
        LearningRate = recipe.LearningRate,
        LrSchedulerType = recipe.LrSchedulerType,
        WarmupSteps = recipe.WarmupSteps,
        WarmupRatio = recipe.WarmupRatio,
        WeightDecay = recipe.WeightDecay,
        AdamBeta1 = recipe.AdamBeta1,
        AdamBeta2 = recipe.AdamBeta2,
        AdamEpsilon = recipe.AdamEpsilon,
        MaxGradNorm = recipe.MaxGradNorm,
        MaxLength = recipe.MaxLength,
        Dtype = recipe.Dtype,
        Seed = recipe.Seed,
        LoggingSteps = recipe.LoggingSteps,
        EvalSteps = recipe.EvalSteps,
        SaveSteps = recipe.SaveSteps,

        // The newest checkpoint may be there before its row is: then the one before it is needed.
        SaveTotalLimit = recipe.SaveTotalLimit + 1,
        Threads = recipe.Threads,
        CompletionOnlyLoss = recipe.Sft is { HasCompletionOnlyLoss: true } ? recipe.Sft.CompletionOnlyLoss : null,
        AssistantOnlyLoss = recipe.Sft is { HasAssistantOnlyLoss: true } ? recipe.Sft.AssistantOnlyLoss : null,
        Packing = recipe.Sft is { HasPacking: true } ? recipe.Sft.Packing : null,
        Beta = recipe.Dpo?.Beta ?? new TrainingRecipe { Objective = "", LearningRate = 0 }.Beta,
        LossType = recipe.Dpo?.LossType ?? "sigmoid",
        Scale = recipe.Contrastive?.Scale ?? new TrainingRecipe { Objective = "", LearningRate = 0 }.Scale,
        MlmProbability = recipe.MaskedLm?.MlmProbability ?? new TrainingRecipe { Objective = "", LearningRate = 0 }.MlmProbability,
    };
}
