namespace LlmPlatform.Recipes.Running;

/// <summary>Is told how a recipe gets on.</summary>
public interface IRecipeLog
{
    /// <summary>A part of the recipe begins.</summary>
    /// <param name="name">The part.</param>
    /// <param name="text">What is done, in a line.</param>
    void Stage(string name, string text);

    /// <summary>How far the present part is.</summary>
    /// <param name="what">What is counted.</param>
    /// <param name="done">How many are done.</param>
    /// <param name="total">How many there are; 0: not known.</param>
    void Progress(string what, long done, long total);

    /// <summary>A line that a person may want to read.</summary>
    /// <param name="text">The line.</param>
    void Note(string text);
}
