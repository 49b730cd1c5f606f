using System.Reflection;

namespace LlmPlatform.Recipes.Running;

/// <summary>The files of the repository's folder <c>recipes</c>, as they were when this assembly was built.</summary>
public static class RecipeResources
{
    /// <summary>Opens a file.</summary>
    /// <param name="path">Below <c>recipes</c>, with slashes: <c>starter-embed/distillation.yaml</c>.</param>
    /// <exception cref="RecipeException">There is no such file.</exception>
    public static Stream Open(string path) =>
        Assembly.GetExecutingAssembly().GetManifestResourceStream($"recipes/{path}")
        ?? throw new RecipeException($"recipes/{path}: no such file in this build");

    /// <summary>The paths of the files below a folder, in order.</summary>
    /// <param name="folder">Below <c>recipes</c>, with slashes: <c>starter-chat/texts</c>.</param>
    public static IReadOnlyList<string> List(string folder) =>
    [
        .. Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(name => name.StartsWith($"recipes/{folder}/", StringComparison.Ordinal))
            .Select(name => name["recipes/".Length..])
            .Order(StringComparer.Ordinal),
    ];
}
