using System.Text.Json.Serialization;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.OpenAi.FineTuning.Recipes;
using LlmPlatform.Gateway.OpenAi.Requests;
using LlmPlatform.TrainingContracts.Recipes;

namespace LlmPlatform.Gateway.OpenAi.FineTuning.Jobs;

/// <summary>What a model learns from.</summary>
public sealed record FineTuningMethod
{
    internal const string Supervised = "supervised";
    internal const string Dpo = "dpo";

    /// <summary><c>supervised</c> (answers as they should be) or <c>dpo</c> (pairs of a better and a worse answer).</summary>
    [JsonPropertyName("type")]
    public required string Type { get; init; }

    /// <summary>For <c>supervised</c>.</summary>
    [JsonPropertyName("supervised")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SupervisedMethod? SupervisedMethod { get; init; }

    /// <summary>For <c>dpo</c>.</summary>
    [JsonPropertyName("dpo")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DpoMethod? DpoMethod { get; init; }

    /// <exception cref="OpenAiException">A field is not as expected.</exception>
    internal static (double Value, string Param)? Read(RequestFields? fields, RecipeBuilder recipe)
    {
        if (fields is null)
        {
            return null;
        }

        return fields.TakeRequiredString("type") switch
        {
            Supervised => ReadOptions(fields, Supervised, Objectives.Sft, recipe),
            Dpo => ReadOptions(fields, Dpo, Objectives.Dpo, recipe),
            "reinforcement" => throw InvalidRequest.Unsupported(fields.ParamOf("type"), "reinforcement fine-tuning is not supported by this platform"),
            string other => throw InvalidRequest.WrongValue(fields.ParamOf("type"), other, $"'{Supervised}' or '{Dpo}'"),
        };
    }

    private static (double Value, string Param)? ReadOptions(RequestFields fields, string type, string objective, RecipeBuilder recipe)
    {
        if (recipe.Recipe.Objective != objective)
        {
            recipe.Set("objective", objective, fields.ParamOf("type"));
        }

        RequestFields? options = fields.TakeObject(type);
        (double, string)? multiplier = FineTuningHyperparameters.Read(options?.TakeObject("hyperparameters"), type == Dpo, recipe);
        options?.RefuseUnknown();
        fields.RefuseUnknown();
        return multiplier;
    }
}

/// <summary>How supervised fine-tuning is done.</summary>
public sealed record SupervisedMethod
{
    /// <summary>Its numbers.</summary>
    [JsonPropertyName("hyperparameters")]
    public FineTuningHyperparameters? Hyperparameters { get; init; }
}

/// <summary>How direct preference optimisation is done.</summary>
public sealed record DpoMethod
{
    /// <summary>Its numbers.</summary>
    [JsonPropertyName("hyperparameters")]
    public DpoHyperparameters? Hyperparameters { get; init; }
}
