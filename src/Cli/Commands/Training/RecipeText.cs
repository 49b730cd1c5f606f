using System.Collections;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace LlmPlatform.Cli.Commands.Training;

/// <summary>Writes a recipe as it can be read again.</summary>
internal static class RecipeText
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Every field that has a value, as JSON.</summary>
    public static JsonObject Json(IMessage message) => new(Fields(message).Select(field => KeyValuePair.Create(field.Field.Name, field.Value switch
    {
        IMessage part => Json(part),
        IEnumerable<string> items => new JsonArray([.. items.Select(item => (JsonNode)item)]),
        string text => JsonValue.Create(text),
        bool truth => JsonValue.Create(truth),
        int number => JsonValue.Create(number),
        long number => JsonValue.Create(number),
        double number => (JsonNode?)JsonValue.Create(number),
        _ => throw new NotSupportedException(field.Field.FullName),
    })));

    /// <summary>The same as lines of YAML.</summary>
    public static IEnumerable<string> Yaml(IMessage message, string indent = "")
    {
        foreach ((FieldDescriptor field, object value) in Fields(message))
        {
            if (value is IMessage part)
            {
                string[] lines = [.. Yaml(part, indent + "  ")];
                yield return $"{indent}{field.Name}:{(lines.Length == 0 ? " {}" : "")}";
                foreach (string line in lines)
                {
                    yield return line;
                }
            }
            else
            {
                yield return $"{indent}{field.Name}: {(value is IEnumerable<string> items ? $"[{string.Join(", ", items.Select(Quote))}]" : Scalar(value))}";
            }
        }
    }

    private static string Scalar(object value) => value switch
    {
        string text => Quote(text),
        bool truth => truth ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    // JSON's strings are YAML's too; what is plainly a word stays one.
    private static string Quote(string text) =>
        text.Length > 0 && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or '@' or '/') && char.IsAsciiLetter(text[0]) && text is not ("true" or "false" or "null")
            ? text
            : JsonValue.Create(text).ToJsonString(Readable);

    private static IEnumerable<(FieldDescriptor Field, object Value)> Fields(IMessage message) => message.Descriptor.Fields.InDeclarationOrder()
        .Where(field => field.IsRepeated ? ((IList)field.Accessor.GetValue(message)).Count > 0
            : field.HasPresence ? field.Accessor.HasValue(message)
            : field.Accessor.GetValue(message) is not "")
        .Select(field => (field, field.Accessor.GetValue(message)));
}
