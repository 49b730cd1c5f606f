namespace LlmPlatform.Recipes.Running;

/// <summary>How a starter model is made.</summary>
public interface IStarterRecipe
{
    /// <summary>The model's name, which is also the recipe's.</summary>
    string Name { get; }

    /// <summary>What comes out, in a line.</summary>
    string Description { get; }

    /// <summary>Makes the model. Run again, it goes on where it was.</summary>
    /// <param name="context">Where everything is.</param>
    /// <param name="cancellationToken">Ends the waiting; a job that trains goes on.</param>
    /// <exception cref="RecipeException">Data is missing or wrong, or a job did not succeed.</exception>
    Task RunAsync(RecipeContext context, CancellationToken cancellationToken);
}
