using System.Collections;
using Google.Protobuf.Reflection;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.Gateway.OpenAi.Errors;

namespace LlmPlatform.Gateway.OpenAi.FineTuning.Recipes;

/// <summary>
/// Puts OpenAI's parameters into a recipe and remembers which one gave which field: a field given twice is refused, and
/// what the service says of a field is told of the parameter that the caller knows.
/// </summary>
internal sealed class RecipeBuilder(Recipe recipe)
{
    private readonly Dictionary<string, string> _params = new(StringComparer.Ordinal);

    /// <summary>What has been put together.</summary>
    public Recipe Recipe => recipe;

    /// <param name="field">A field of the recipe, or of its part <c>dpo</c>: <c>dpo.beta</c>.</param>
    /// <param name="value">Null: the parameter is absent.</param>
    /// <param name="param">The parameter that gives it.</param>
    /// <exception cref="OpenAiException">The field has a value already.</exception>
    public void Set(string field, object? value, string param)
    {
        if (value is null)
        {
            return;
        }

        if (field == "dpo.beta")
        {
            RefuseSecond(field, param, recipe.Dpo is { HasBeta: true });
            (recipe.Dpo ??= new DpoOptions()).Beta = (double)value;
        }
        else
        {
            FieldDescriptor descriptor = Recipe.Descriptor.FindFieldByName(field);
            RefuseSecond(field, param, RecipeJson.IsSet(descriptor, recipe));
            if (descriptor.IsRepeated)
            {
                ((IList)descriptor.Accessor.GetValue(recipe)).Add(value);
            }
            else
            {
                descriptor.Accessor.SetValue(recipe, value);
            }
        }

        _params[field] = param;
    }

    /// <summary>How the caller knows a field of the request to the service.</summary>
    public string ParamOf(string field)
    {
        const string Prefix = "recipe.";
        string path = field.StartsWith(Prefix, StringComparison.Ordinal) ? field[Prefix.Length..] : field;
        string name = path.Split('[')[0];
        return _params.TryGetValue(name, out string? param) ? param
            : field == "name" ? "suffix"
            : Recipe.Descriptor.FindFieldByName(name.Split('.')[0]) is not null ? Prefix + path
            : field;
    }

    /// <summary>The parameter that named a file.</summary>
    public string ParamOfFile(string id) => recipe.TrainingFiles.IndexOf(id) is >= 0 and var training
        ? ParamOf($"training_files[{training}]")
        : ParamOf($"validation_files[{recipe.ValidationFiles.IndexOf(id)}]");

    private void RefuseSecond(string field, string param, bool isSet)
    {
        if (isSet)
        {
            throw InvalidRequest.WrongHiddenValue(param, $"'{_params.GetValueOrDefault(field, $"recipe.{field}")}' is given as well. Expected one of them");
        }
    }
}
