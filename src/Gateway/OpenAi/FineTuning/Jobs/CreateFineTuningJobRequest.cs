using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.OpenAi.FineTuning.Recipes;
using LlmPlatform.Gateway.OpenAi.Requests;
using LlmPlatform.Gateway.OpenAi.VectorStores.Values;
using LlmPlatform.TrainingContracts.Recipes;

namespace LlmPlatform.Gateway.OpenAi.FineTuning.Jobs;

/// <summary>The body of <c>POST /v1/fine_tuning/jobs</c>.</summary>
public sealed partial record CreateFineTuningJobRequest
{
    private const int LargestSeed = int.MaxValue;
    private const int DefaultRank = 16;
    private const double DefaultAlpha = 32;

    private static readonly string[] AdapterObjectives = [Objectives.Sft, Objectives.Dpo, Objectives.CausalLm];

    /// <summary>The base: a model's name, <c>name@version</c> or <c>name@alias</c>.</summary>
    [JsonPropertyName("model")]
    public required string Model { get; init; }

    /// <summary>A file of <c>/v1/files</c> with the purpose <c>fine-tune</c>: JSON Lines.</summary>
    [JsonPropertyName("training_file")]
    public required string TrainingFile { get; init; }

    /// <summary>The same, of examples that are evaluated and not trained on.</summary>
    [JsonPropertyName("validation_file")]
    public string? ValidationFile { get; init; }

    /// <summary>
    /// The result is called by the base's name with a hyphen and this behind it, 1 to 64 letters, digits, dots, underscores
    /// and hyphens. Default: the job's id.
    /// </summary>
    [JsonPropertyName("suffix")]
    public string? Suffix { get; init; }

    /// <summary>The same seed and data give the same result on the same machine. Default: 42.</summary>
    [JsonPropertyName("seed")]
    public int? Seed { get; init; }

    /// <summary>At most 16 names of at most 64 characters, each with a text of at most 512.</summary>
    [JsonPropertyName("metadata")]
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>What the model learns from. Default: supervised.</summary>
    [JsonPropertyName("method")]
    public FineTuningMethod? Method { get; init; }

    /// <summary>Where they were before <c>method</c>.</summary>
    [JsonPropertyName("hyperparameters")]
    public FineTuningHyperparameters? Hyperparameters { get; init; }

    /// <summary>
    /// Everything that can be chosen, by the names of TRL, transformers and PEFT. Without <c>lora</c> in it an adapter of rank
    /// 16 is trained; <c>"lora": null</c> trains all weights. Not part of OpenAI's API.
    /// </summary>
    [JsonPropertyName("recipe")]
    public FineTuningRecipe? Recipe { get; init; }

    /// <exception cref="OpenAiException">A field is not as expected.</exception>
    internal static (CreateJobRequest Request, RecipeBuilder Recipe) Read(RequestFields fields)
    {
        Recipe recipe = new();
        bool loraNamed = false;
        if (fields.Take("recipe") is { } element)
        {
            RecipeJson.Read(new RequestFields(element, "recipe"), recipe);
            loraNamed = element.TryGetProperty("lora", out _);
        }

        RecipeBuilder builder = new(recipe);
        builder.Set("base_model", fields.TakeString("model"), "model");
        builder.Set("training_files", TakeFile(fields, "training_file"), "training_file");
        builder.Set("validation_files", TakeFile(fields, "validation_file"), "validation_file");
        builder.Set("seed", fields.TakeInteger("seed", 0, LargestSeed), "seed");
        RequirePresent(recipe.BaseModel.Length > 0, "model");
        RequirePresent(recipe.TrainingFiles.Count > 0, "training_file");

        (double Value, string Param)? multiplier = FineTuningMethod.Read(fields.TakeObject("method"), builder);
        multiplier = FineTuningHyperparameters.Read(fields.TakeObject("hyperparameters"), withBeta: true, builder) ?? multiplier;
        if (recipe.Objective.Length == 0)
        {
            recipe.Objective = Objectives.Sft;
        }

        if (!loraNamed && AdapterObjectives.Contains(recipe.Objective))
        {
            recipe.Lora = new LoraOptions { R = DefaultRank, LoraAlpha = DefaultAlpha };
        }

        if (multiplier is { } times)
        {
            builder.Set("learning_rate", times.Value * Objectives.DefaultLearningRate(recipe.Objective, recipe.Lora is not null), times.Param);
        }

        CreateJobRequest request = new() { Recipe = recipe };
        if (fields.TakeString("suffix") is { Length: > 0 } suffix)
        {
            request.Name = SuffixPattern().IsMatch(suffix)
                ? suffix
                : throw InvalidRequest.WrongValue("suffix", suffix, "1 to 64 letters, digits, dots, underscores and hyphens, a letter or digit first");
            builder.Set("output_model", $"{recipe.BaseModel.Split('@')[0]}-{suffix}", "suffix");
        }

        if (NamedValues.ReadMetadata(fields) is { } metadata)
        {
            request.Metadata.Add(metadata.ToDictionary());
        }

        fields.Refuse("integrations", Neutral.EmptyArray);
        fields.RefuseUnknown();
        return (request, builder);
    }

    private static string? TakeFile(RequestFields fields, string name) => fields.TakeString(name) is { } id ? FileIdList.Check(id, name) : null;

    private static void RequirePresent(bool present, string param)
    {
        if (!present)
        {
            throw InvalidRequest.Missing(param);
        }
    }

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    private static partial Regex SuffixPattern();
}
