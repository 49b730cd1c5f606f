using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Protobuf.Collections;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.OpenAi.Requests;

namespace LlmPlatform.Gateway.OpenAi.VectorStores.Values;

/// <summary>Names with a string, a number or a boolean each: what search can filter by.</summary>
[JsonConverter(typeof(AttributeValuesConverter))]
public sealed record AttributeValues
{
    private const int Most = 16;
    private const int LongestName = 64;
    private const int LongestText = 512;

    internal IReadOnlyDictionary<string, AttributeValue> Items { get; init; } = new Dictionary<string, AttributeValue>();

    internal static AttributeValues From(MapField<string, AttributeValue> attributes) => new() { Items = attributes };

    /// <exception cref="OpenAiException">A value is of another type, or there are more or longer ones than is allowed.</exception>
    internal static AttributeValues? Read(RequestFields fields, string name = "attributes")
    {
        if (fields.Take(name) is not { } value)
        {
            return null;
        }

        string param = fields.ParamOf(name);
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw InvalidRequest.WrongType(param, "an object", value);
        }

        Dictionary<string, AttributeValue> items = new(StringComparer.Ordinal);
        foreach ((string key, JsonElement item) in NamedValues.Read(value, param, Most, LongestName))
        {
            items[key] = ReadValue(item, $"{param}.{key}", LongestText);
        }

        return new AttributeValues { Items = items };
    }

    internal static AttributeValue ReadValue(JsonElement value, string param, int longestText)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                string text = RequestFields.StringOf(value, param);
                return text.Length <= longestText ? new AttributeValue { StringValue = text } : throw InvalidRequest.StringTooLong(param, longestText, text.Length);
            case JsonValueKind.Number when value.TryGetDouble(out double number) && double.IsFinite(number):
                return new AttributeValue { NumberValue = number };
            case JsonValueKind.True or JsonValueKind.False:
                return new AttributeValue { BoolValue = value.GetBoolean() };
            default:
                throw InvalidRequest.WrongType(param, "a string, a number or a boolean", value);
        }
    }
}

/// <summary>Writes attributes as one object.</summary>
internal sealed class AttributeValuesConverter : JsonConverter<AttributeValues>
{
    public override AttributeValues Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("attributes are read by RequestFields");

    public override void Write(Utf8JsonWriter writer, AttributeValues value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach ((string name, AttributeValue item) in value.Items.OrderBy(item => item.Key, StringComparer.Ordinal))
        {
            switch (item.ValueCase)
            {
                case AttributeValue.ValueOneofCase.NumberValue:
                    writer.WriteNumber(name, item.NumberValue);
                    break;
                case AttributeValue.ValueOneofCase.BoolValue:
                    writer.WriteBoolean(name, item.BoolValue);
                    break;
                default:
                    writer.WriteString(name, item.StringValue);
                    break;
            }
        }

        writer.WriteEndObject();
    }
}
