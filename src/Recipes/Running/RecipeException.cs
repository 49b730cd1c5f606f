namespace LlmPlatform.Recipes.Running;

/// <summary>Why a recipe cannot go on; the message names the file or field, its value and what was expected.</summary>
public sealed class RecipeException : Exception
{
    /// <summary>With a message for people.</summary>
    /// <param name="message">The message.</param>
    public RecipeException(string message)
        : base(message)
    {
    }

    /// <summary>With a message for people and what it comes from.</summary>
    /// <param name="message">The message.</param>
    /// <param name="inner">The cause.</param>
    public RecipeException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
