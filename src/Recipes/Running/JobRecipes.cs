using System.Collections.Immutable;
using System.Globalization;
using LlmPlatform.Contracts.Training.V1;
using YamlDotNet.RepresentationModel;

namespace LlmPlatform.Recipes.Running;

/// <summary>
/// Reads <c>recipes/NAME/STAGE.yaml</c>: the keys of <c>llm train</c>, numbers below <c>data</c> that say how much to prepare,
/// and below <c>smoke</c> what takes the place of both for a smoke run.
/// </summary>
public static class JobRecipes
{
    private const string DataKey = "data";
    private const string SmokeKey = "smoke";

    /// <summary>Reads a stage.</summary>
    /// <param name="recipe">The recipe's name.</param>
    /// <param name="stage">The stage's name.</param>
    /// <param name="smoke">Whether the part <c>smoke</c> holds.</param>
    /// <exception cref="RecipeException">There is no such stage, or its file is wrong.</exception>
    public static StageRecipe Read(string recipe, string stage, bool smoke)
    {
        string path = $"{recipe}/{stage}.yaml";
        using StreamReader reader = new(RecipeResources.Open(path));
        return Parse(reader, $"recipes/{path}", stage, smoke);
    }

    /// <summary>The same from a text.</summary>
    /// <param name="reader">The text.</param>
    /// <param name="path">For messages.</param>
    /// <param name="stage">The stage's name.</param>
    /// <param name="smoke">Whether the part <c>smoke</c> holds.</param>
    /// <exception cref="RecipeException">The text is wrong.</exception>
    public static StageRecipe Parse(TextReader reader, string path, string stage, bool smoke)
    {
        YamlMappingNode root = RecipeYaml.Load(reader, path);
        YamlMappingNode? changes = Take(root, SmokeKey, path);
        Recipe job = new();
        Dictionary<string, long> numbers = new(StringComparer.Ordinal);
        Add(root, job, numbers, path, "");
        if (changes is not null && smoke)
        {
            Add(changes, job, numbers, path, $"{SmokeKey}.");
        }

        return new StageRecipe(stage, job, numbers.ToImmutableSortedDictionary(StringComparer.Ordinal));
    }

    private static void Add(YamlMappingNode node, Recipe job, Dictionary<string, long> numbers, string path, string prefix)
    {
        YamlMappingNode? data = Take(node, DataKey, path);
        RecipeYaml.Merge(node, job, path, prefix);
        if (data is null)
        {
            return;
        }

        foreach ((YamlNode key, YamlNode value) in data.Children)
        {
            numbers[$"{key}"] = long.TryParse($"{value}", NumberStyles.None, CultureInfo.InvariantCulture, out long number)
                ? number
                : throw new RecipeException($"{path}:{key.Start.Line}: {prefix}{DataKey}.{key}: expected an integer of at least 0");
        }
    }

    private static YamlMappingNode? Take(YamlMappingNode node, string key, string path)
    {
        YamlScalarNode name = new(key);
        if (!node.Children.TryGetValue(name, out YamlNode? value))
        {
            return null;
        }

        node.Children.Remove(name);
        return value as YamlMappingNode ?? throw new RecipeException($"{path}:{value.Start.Line}: {key}: expected keys below it");
    }
}
