using LlmPlatform.Retrieval.Filters;
using Wire = LlmPlatform.Contracts.Retrieval.V1;

namespace LlmPlatform.RetrievalService;

/// <summary>Attribute values between the wire and the library.</summary>
internal static class WireValues
{
    public static AttributeValue ToValue(this Wire.AttributeValue value) => value.ValueCase switch
    {
        Wire.AttributeValue.ValueOneofCase.NumberValue => AttributeValue.Of(value.NumberValue),
        Wire.AttributeValue.ValueOneofCase.BoolValue => AttributeValue.Of(value.BoolValue),
        _ => AttributeValue.Of(value.StringValue),
    };

    public static Dictionary<string, AttributeValue> ToValues(this IEnumerable<KeyValuePair<string, Wire.AttributeValue>> attributes) =>
        attributes.ToDictionary(attribute => attribute.Key, attribute => attribute.Value.ToValue());

    public static Wire.AttributeValue ToWire(this AttributeValue value) => value.Type switch
    {
        AttributeType.Number => new Wire.AttributeValue { NumberValue = value.Number },
        AttributeType.Bool => new Wire.AttributeValue { BoolValue = value.Number != 0 },
        _ => new Wire.AttributeValue { StringValue = value.Text },
    };
}
