using System.Globalization;
using System.Reflection;
using Google.Protobuf.Reflection;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.Recipes.Running;
using LlmPlatform.TrainingContracts.Recipes;

namespace LlmPlatform.Cli.Commands.Training;

/// <summary>A key of a recipe.</summary>
/// <param name="Key">Its name; parts have a dot: <c>lora.r</c>.</param>
/// <param name="Type">What its value is.</param>
/// <param name="Default">What holds without it.</param>
internal sealed record RecipeKey(string Key, string Type, string Default);

/// <summary>The keys of a recipe with their types, from the contract, and defaults, from the types that training reads.</summary>
internal static class RecipeSchema
{
    private static readonly TrainingRecipe Defaults = new() { Objective = Objectives.Sft, LearningRate = 0 };

    // Defaults that depend on something, or that the contract alone knows.
    private static readonly Dictionary<string, string> Words = new(StringComparer.Ordinal)
    {
        ["objective"] = $"needed: {string.Join(", ", Objectives.All)}",
        ["base_model"] = "needed",
        ["training_files"] = "needed: paths below the recipe's folder, or file ids",
        ["validation_files"] = "none",
        ["output_model"] = "BASE_MODEL-JOB",
        ["promote"] = "true",
        ["lora"] = "absent: all weights are trained",
        ["learning_rate"] = string.Join(", ", Objectives.All.Select(objective =>
            string.Create(CultureInfo.InvariantCulture, $"{objective} {Objectives.DefaultLearningRate(objective, false)}"))) + "; ten times that with lora",
        ["threads"] = "the machine's cores less one",
        ["sft.completion_only_loss"] = "by the form of the data",
        ["sft.assistant_only_loss"] = "by the form of the data",
        ["sft.packing"] = "false",
        ["distillation.teacher_model"] = "needed for cosine_distillation",
    };

    /// <summary>All keys in the contract's order.</summary>
    public static IEnumerable<RecipeKey> Keys { get; } = [.. KeysOf(Recipe.Descriptor, "")];

    private static IEnumerable<RecipeKey> KeysOf(MessageDescriptor message, string prefix)
    {
        foreach (FieldDescriptor field in message.Fields.InDeclarationOrder())
        {
            string key = prefix + field.Name;
            string type = field.IsRepeated ? "a list of texts" : RecipeYaml.TypeOf(field.FieldType);
            yield return new RecipeKey(key, type, DefaultOf(key, prefix, field));
            if (field.FieldType == FieldType.Message)
            {
                foreach (RecipeKey part in KeysOf(field.MessageType, $"{key}."))
                {
                    yield return part;
                }
            }
        }
    }

    private static string DefaultOf(string key, string prefix, FieldDescriptor field)
    {
        if (Words.TryGetValue(key, out string? words))
        {
            return words;
        }

        object owner = prefix == "lora." ? new LoraRecipe() : Defaults;
        string property = string.Concat(field.Name.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
        return owner.GetType().GetProperty(property, BindingFlags.Public | BindingFlags.Instance)?.GetValue(owner) switch
        {
            null => "",
            bool truth => truth ? "true" : "false",
            IEnumerable<string> items => string.Join(", ", items),
            object value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };
    }
}
