using System.Collections;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using LlmPlatform.Contracts.Training.V1;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LlmPlatform.Recipes.Running;

/// <summary>Reads a job's recipe from YAML: its keys are the fields of the contract, so that the file's schema is the API's.</summary>
public static class RecipeYaml
{
    private const int ShownValue = 64;

    /// <summary>Reads a recipe.</summary>
    /// <param name="reader">The text.</param>
    /// <param name="path">For messages.</param>
    /// <exception cref="RecipeException">It is no YAML, or has a key or a value that a recipe cannot have.</exception>
    public static Recipe Read(TextReader reader, string path)
    {
        Recipe recipe = new();
        Merge(Load(reader, path), recipe, path, "");
        return recipe;
    }

    /// <summary>A type in words.</summary>
    /// <param name="type">The type of a field.</param>
    public static string TypeOf(FieldType type) => type switch
    {
        FieldType.Bool => "true or false",
        FieldType.Int32 or FieldType.Int64 => "an integer",
        FieldType.Double => "a number",
        FieldType.Message => "keys",
        _ => "a text",
    };

    internal static YamlMappingNode Load(TextReader reader, string path)
    {
        YamlStream stream = [];
        try
        {
            stream.Load(reader);
        }
        catch (YamlException exception)
        {
            throw new RecipeException($"{path}:{exception.Start.Line}: no valid YAML: {exception.InnerException?.Message ?? exception.Message}", exception);
        }

        return stream.Documents is [{ RootNode: YamlMappingNode root }]
            ? root
            : throw new RecipeException($"{path}: expected one YAML document with the keys of a recipe (llm train --schema)");
    }

    internal static void Merge(YamlMappingNode node, IMessage message, string path, string prefix)
    {
        foreach ((YamlNode keyNode, YamlNode value) in node.Children)
        {
            string key = (keyNode as YamlScalarNode)?.Value ?? "";
            string place = $"{path}:{keyNode.Start.Line}: {prefix}{Cut(key)}";
            FieldDescriptor field = message.Descriptor.FindFieldByName(key)
                ?? throw new RecipeException($"{place}: unknown key; expected one of {string.Join(", ", message.Descriptor.Fields.InDeclarationOrder().Select(one => prefix + one.Name))}");
            if (IsNull(value))
            {
                continue;
            }

            if (field.IsRepeated)
            {
                IList items = (IList)field.Accessor.GetValue(message);
                foreach (YamlNode item in value is YamlSequenceNode sequence ? sequence.Children : [value])
                {
                    items.Add(Scalar(field, item, place));
                }
            }
            else if (field.FieldType == FieldType.Message)
            {
                IMessage part = (IMessage?)field.Accessor.GetValue(message) ?? field.MessageType.Parser.ParseFrom(ByteString.Empty);
                Merge(value as YamlMappingNode ?? throw new RecipeException($"{place}: expected keys below it"), part, path, $"{prefix}{key}.");
                field.Accessor.SetValue(message, part);
            }
            else
            {
                field.Accessor.SetValue(message, Scalar(field, value, place));
            }
        }
    }

    private static object Scalar(FieldDescriptor field, YamlNode node, string place)
    {
        if (node is not YamlScalarNode { Value: { } text })
        {
            throw new RecipeException($"{place}: expected {TypeOf(field.FieldType)}");
        }

        object? value = field.FieldType switch
        {
            FieldType.String => text,
            FieldType.Bool => text switch { "true" or "True" => true, "false" or "False" => false, _ => null },
            FieldType.Int32 => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : null,
            FieldType.Int64 => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null,
            FieldType.Double => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : null,
            _ => throw new NotSupportedException($"{field.FullName}: fields of type {field.FieldType} have no YAML here"),
        };
        return value ?? throw new RecipeException($"{place}: '{Cut(text)}' is not {TypeOf(field.FieldType)}");
    }

    private static bool IsNull(YamlNode node) => node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" };

    private static string Cut(string text) => text.Length <= ShownValue ? text : text[..ShownValue];
}
