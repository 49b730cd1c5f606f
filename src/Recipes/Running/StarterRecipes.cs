using LlmPlatform.Recipes.StarterChat;
using LlmPlatform.Recipes.StarterEmbed;

namespace LlmPlatform.Recipes.Running;

/// <summary>All recipes of starter models.</summary>
public static class StarterRecipes
{
    /// <summary>The recipes in the order in which they are listed.</summary>
    public static IReadOnlyList<IStarterRecipe> All { get; } = [new StarterEmbedRecipe(), new StarterChatRecipe()];

    /// <summary>A recipe by its name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="RecipeException">There is none of that name.</exception>
    public static IStarterRecipe Get(string name) =>
        All.FirstOrDefault(recipe => recipe.Name == name)
        ?? throw new RecipeException($"recipe '{name}' is not known, expected one of {string.Join(", ", All.Select(recipe => recipe.Name))}");
}
