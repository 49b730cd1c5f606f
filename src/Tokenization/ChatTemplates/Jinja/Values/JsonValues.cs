using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

/// <summary>JSON as values of the language, as Python's <c>json.loads</c> reads it.</summary>
internal static class JsonValues
{
    private const int MaxDigits = 4300;

    internal static ListValue FromNodes(IEnumerable<JsonNode?> nodes) => new([.. nodes.Select(FromNode)]);

    internal static object? FromNode(JsonNode? node)
    {
        StackGuard.Check();
        switch (node)
        {
            case null:
                return null;
            case JsonArray array:
                return FromNodes(array);
            case JsonObject properties:
                DictValue dict = new();
                foreach ((string name, JsonNode? value) in properties)
                {
                    dict[name] = FromNode(value);
                }

                return dict;
            default:
                return FromLeaf(node);
        }
    }

    private static object? FromLeaf(JsonNode node)
    {
        switch (node.GetValueKind())
        {
            case JsonValueKind.String:
                return node.GetValue<string>();
            case JsonValueKind.True:
                return true;
            case JsonValueKind.False:
                return false;
            case JsonValueKind.Number:
                return FromNumber(node.ToJsonString());
            default:
                return null;
        }
    }

    private static object FromNumber(string text)
    {
        if (text.AsSpan().IndexOfAny(".eE") >= 0)
        {
            return double.Parse(text, CultureInfo.InvariantCulture);
        }

        return text.Length <= MaxDigits
            ? Numbers.Normalize(BigInteger.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture))
            : throw ChatTemplateException.Value($"an integer of {text.Length} digits, expected at most {MaxDigits}");
    }
}
