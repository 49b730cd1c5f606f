using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.OpenAi.Requests;

namespace LlmPlatform.Gateway.OpenAi.FineTuning.Recipes;

/// <summary>A recipe as JSON under the names of its contract, so that a field added there is a field of the API.</summary>
internal static class RecipeJson
{
    private const int MostItems = 256;

    /// <summary>Reads every field of the message; one that it does not have is refused by name.</summary>
    /// <exception cref="OpenAiException">A field is unknown or has a value of another type.</exception>
    public static void Read(RequestFields fields, IMessage message)
    {
        foreach (FieldDescriptor field in message.Descriptor.Fields.InDeclarationOrder())
        {
            if (fields.Take(field.Name) is not { } value)
            {
                continue;
            }

            string param = fields.ParamOf(field.Name);
            if (field.IsRepeated)
            {
                ReadItems(field, value, param, (IList)field.Accessor.GetValue(message));
            }
            else
            {
                field.Accessor.SetValue(message, ReadValue(field, value, param));
            }
        }

        fields.RefuseUnknown();
    }

    /// <summary>Every field that has a value. A part that is absent is left out.</summary>
    public static JsonObject Write(IMessage message)
    {
        JsonObject written = [];
        foreach (FieldDescriptor field in message.Descriptor.Fields.InDeclarationOrder())
        {
            if (field.IsRepeated)
            {
                written[field.Name] = new JsonArray([.. ((IList)field.Accessor.GetValue(message)).Cast<object>().Select(WriteValue)]);
            }
            else if (IsSet(field, message))
            {
                written[field.Name] = WriteValue(field.Accessor.GetValue(message));
            }
        }

        return written;
    }

    /// <summary>Whether the message has a value of its own for the field.</summary>
    public static bool IsSet(FieldDescriptor field, IMessage message) =>
        field.IsRepeated ? ((IList)field.Accessor.GetValue(message)).Count > 0
        : field.HasPresence ? field.Accessor.HasValue(message)
        : field.Accessor.GetValue(message) is not "";

    private static void ReadItems(FieldDescriptor field, JsonElement value, string param, IList items)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            throw InvalidRequest.WrongType(param, "an array", value);
        }

        if (value.GetArrayLength() > MostItems)
        {
            throw InvalidRequest.ArrayTooLong(param, MostItems, value.GetArrayLength());
        }

        foreach (JsonElement item in value.EnumerateArray())
        {
            items.Add(ReadValue(field, item, $"{param}[{items.Count}]"));
        }
    }

    private static object ReadValue(FieldDescriptor field, JsonElement value, string param)
    {
        switch (field.FieldType)
        {
            case FieldType.String:
                return RequestFields.StringOf(value, param);
            case FieldType.Bool:
                return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw InvalidRequest.WrongType(param, "a boolean", value);
            case FieldType.Int32:
                return (int)RequestFields.IntegerOf(value, param, int.MinValue, int.MaxValue);
            case FieldType.Int64:
                return RequestFields.IntegerOf(value, param, long.MinValue, long.MaxValue);
            case FieldType.Double:
                return RequestFields.DoubleOf(value, param);
            case FieldType.Message:
                IMessage message = field.MessageType.Parser.ParseFrom(ByteString.Empty);
                Read(new RequestFields(value, param), message);
                return message;
            default:
                throw new NotSupportedException($"{field.FullName}: fields of type {field.FieldType} have no JSON here");
        }
    }

    private static JsonNode? WriteValue(object value) => value switch
    {
        string text => JsonValue.Create(text),
        bool truth => JsonValue.Create(truth),
        int number => JsonValue.Create(number),
        long number => JsonValue.Create(number),
        double number => double.IsFinite(number) ? JsonValue.Create(number) : null,
        IMessage message => Write(message),
        _ => throw new NotSupportedException($"values of type {value.GetType().Name} have no JSON here"),
    };
}
