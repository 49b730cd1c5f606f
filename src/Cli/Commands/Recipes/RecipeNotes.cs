using System.Globalization;
using LlmPlatform.Cli.Output;
using LlmPlatform.Recipes.Running;

namespace LlmPlatform.Cli.Commands.Recipes;

/// <summary>How a recipe gets on, a line at a time; of what is counted, every tenth part.</summary>
internal sealed class RecipeNotes(CommandOutput output) : IRecipeLog
{
    private const int Parts = 10;

    private (string What, long Part) _last = ("", -1);

    public void Stage(string name, string text) => output.Note($"{name}: {text}");

    public void Progress(string what, long done, long total)
    {
        (string What, long Part) now = (what, total > 0 ? Parts * done / total : 0);
        if (now != _last)
        {
            _last = now;
            output.Note(string.Create(CultureInfo.InvariantCulture, $"{what}: {done}{(total > 0 ? $" of {total}" : "")}"));
        }
    }

    public void Note(string text) => output.Note(text);
}
