using LlmPlatform.Cli.Connection;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.Recipes.Running;

namespace LlmPlatform.Cli.Commands.Training;

/// <summary>Reads a recipe from a file in YAML.</summary>
internal static class RecipeFile
{
    private const long LongestFile = 1 << 20;

    /// <exception cref="CommandException">The file is missing, no YAML, or has a key or a value that a recipe cannot have.</exception>
    public static Recipe Read(string path)
    {
        FileInfo file = new(path);
        if (!file.Exists)
        {
            throw new CommandException($"recipe: '{path}' is not a file");
        }

        if (file.Length > LongestFile)
        {
            throw new CommandException($"recipe: '{path}' has {file.Length} bytes; expected at most {LongestFile}");
        }

        using StreamReader reader = file.OpenText();
        try
        {
            return RecipeYaml.Read(reader, path);
        }
        catch (RecipeException exception)
        {
            throw new CommandException(exception.Message);
        }
    }
}
