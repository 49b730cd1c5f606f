using System.Buffers;
using System.Text;
using System.Text.Json;
using LlmPlatform.Retrieval.Filters;

namespace LlmPlatform.RetrievalService.Documents;

/// <summary>Attributes as a row keeps them: a JSON object of strings, numbers and truth values, names in order.</summary>
internal static class AttributeJson
{
    public static string Write(IEnumerable<KeyValuePair<string, AttributeValue>> attributes)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            foreach ((string name, AttributeValue value) in attributes.OrderBy(attribute => attribute.Key, StringComparer.Ordinal))
            {
                Write(writer, name, value);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static Dictionary<string, AttributeValue> Read(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.EnumerateObject().ToDictionary(
            property => property.Name,
            property => property.Value.ValueKind switch
            {
                JsonValueKind.True => AttributeValue.Of(true),
                JsonValueKind.False => AttributeValue.Of(false),
                JsonValueKind.Number => AttributeValue.Of(property.Value.GetDouble()),
                _ => AttributeValue.Of(property.Value.GetString() ?? ""),
            });
    }

    private static void Write(Utf8JsonWriter writer, string name, AttributeValue value)
    {
        switch (value.Type)
        {
            case AttributeType.Bool:
                writer.WriteBoolean(name, value.Number != 0);
                break;
            case AttributeType.Number:
                writer.WriteNumber(name, value.Number);
                break;
            default:
                writer.WriteString(name, value.Text);
                break;
        }
    }
}
