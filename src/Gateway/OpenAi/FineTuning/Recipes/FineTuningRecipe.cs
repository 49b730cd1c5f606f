using System.Text.Json;
using System.Text.Json.Serialization;
using LlmPlatform.Contracts.Training.V1;

namespace LlmPlatform.Gateway.OpenAi.FineTuning.Recipes;

/// <summary>Everything that can be chosen about training, by the names of TRL, transformers and PEFT.</summary>
[JsonConverter(typeof(FineTuningRecipeConverter))]
public sealed record FineTuningRecipe
{
    internal Recipe Fields { get; init; } = new();
}

/// <summary>Writes a recipe as one object.</summary>
internal sealed class FineTuningRecipeConverter : JsonConverter<FineTuningRecipe>
{
    public override FineTuningRecipe Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("recipes are read by RecipeJson");

    public override void Write(Utf8JsonWriter writer, FineTuningRecipe value, JsonSerializerOptions options) => RecipeJson.Write(value.Fields).WriteTo(writer, options);
}
