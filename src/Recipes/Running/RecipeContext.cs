namespace LlmPlatform.Recipes.Running;

/// <summary>What a recipe is run with.</summary>
/// <param name="DataFolder">Holds a folder for each data set.</param>
/// <param name="Teacher">A model's folder or a Hugging Face id; null where the recipe has none.</param>
/// <param name="Smoke">Whether only a few steps are taken, on little data.</param>
/// <param name="Workspace">Prepared data and fresh models are kept here and used again while their inputs stay the same.</param>
/// <param name="Output">The folder that the model is written to.</param>
/// <param name="Platform">What trains.</param>
/// <param name="Log">Is told how far it is.</param>
/// <param name="Time">The clock.</param>
public sealed record RecipeContext(
    string DataFolder,
    string? Teacher,
    bool Smoke,
    string Workspace,
    string Output,
    IRecipePlatform Platform,
    IRecipeLog Log,
    TimeProvider Time);
