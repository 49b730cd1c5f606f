using System.Collections;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using LlmPlatform.Cli.Connection;
using LlmPlatform.Contracts.Training.V1;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LlmPlatform.Cli.Commands.Training;

/// <summary>Reads a recipe from YAML: its keys are the fields of the contract, so that the file's schema is the API's.</summary>
internal static class RecipeFile
{
    private const long LongestFile = 1 << 20;
    private const int ShownValue = 64;

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
        return Parse(reader, path);
    }

    /// <summary>The same from a text; <paramref name="path"/> is for messages.</summary>
    public static Recipe Parse(TextReader reader, string path)
    {
        YamlStream stream = [];
        try
        {
            stream.Load(reader);
        }
        catch (YamlException exception)
        {
            throw new CommandException($"{path}:{exception.Start.Line}: no valid YAML: {exception.InnerException?.Message ?? exception.Message}");
        }

        if (stream.Documents is not [{ RootNode: YamlMappingNode root }])
        {
            throw new CommandException($"{path}: expected one YAML document with the keys of a recipe (llm train --schema)");
        }

        Recipe recipe = new();
        Read(root, recipe, path, "");
        return recipe;
    }

    private static void Read(YamlMappingNode node, IMessage message, string path, string prefix)
    {
        foreach ((YamlNode keyNode, YamlNode value) in node.Children)
        {
            string key = (keyNode as YamlScalarNode)?.Value ?? "";
            string place = $"{path}:{keyNode.Start.Line}: {prefix}{Cut(key)}";
            FieldDescriptor field = message.Descriptor.FindFieldByName(key)
                ?? throw new CommandException($"{place}: unknown key; expected one of {string.Join(", ", message.Descriptor.Fields.InDeclarationOrder().Select(one => prefix + one.Name))}");
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
                IMessage part = field.MessageType.Parser.ParseFrom(ByteString.Empty);
                Read(value as YamlMappingNode ?? throw new CommandException($"{place}: expected keys below it"), part, path, $"{prefix}{key}.");
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
            throw new CommandException($"{place}: expected {RecipeSchema.TypeOf(field.FieldType)}");
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
        return value ?? throw new CommandException($"{place}: '{Cut(text)}' is not {RecipeSchema.TypeOf(field.FieldType)}");
    }

    private static bool IsNull(YamlNode node) => node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" };

    private static string Cut(string text) => text.Length <= ShownValue ? text : text[..ShownValue];
}
