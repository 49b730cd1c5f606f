using System.Collections.Immutable;
using LlmPlatform.Contracts.Training.V1;

namespace LlmPlatform.Recipes.Running;

/// <summary>What <c>recipes/NAME/STAGE.yaml</c> says.</summary>
/// <param name="Name">The stage.</param>
/// <param name="Job">The job, still without models and files.</param>
/// <param name="Data">The numbers below the key <c>data</c>: how much to prepare.</param>
public sealed record StageRecipe(string Name, Recipe Job, ImmutableSortedDictionary<string, long> Data)
{
    /// <summary>A number below <c>data</c>.</summary>
    /// <param name="key">Its key.</param>
    /// <exception cref="RecipeException">The file has no such key.</exception>
    public long Number(string key) => Data.TryGetValue(key, out long value)
        ? value
        : throw new RecipeException($"{Name}.yaml: data.{key} is missing, expected a number");
}
