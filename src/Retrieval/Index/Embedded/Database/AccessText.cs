using System.Text.Json;
using LlmPlatform.Retrieval.Filters;

namespace LlmPlatform.Retrieval.Index.Embedded.Database;

/// <summary>
/// Groups and attributes as columns: JSON in one order, so that equal ones are equal texts. An attribute's value is a string
/// of its type's letter and its text, since JSON has no place for every number.
/// </summary>
internal static class AccessText
{
    public static string Of(IReadOnlyList<string> groups) =>
        JsonSerializer.Serialize(groups.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    public static string Of(IReadOnlyDictionary<string, AttributeValue> attributes) =>
        JsonSerializer.Serialize(new SortedDictionary<string, string>(
            attributes.ToDictionary(pair => pair.Key, pair => Letter(pair.Value.Type) + pair.Value.ToString()), StringComparer.Ordinal));

    public static string[] Groups(string text) => JsonSerializer.Deserialize<string[]>(text)!;

    public static Dictionary<string, AttributeValue> Attributes(string text) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(text)!.ToDictionary(pair => pair.Key, pair => Value(pair.Value), StringComparer.Ordinal);

    private static char Letter(AttributeType type) => type switch { AttributeType.Text => 's', AttributeType.Number => 'n', _ => 'b' };

    private static AttributeValue Value(string text) => text[0] switch
    {
        's' => AttributeValue.Of(text[1..]),
        'n' => AttributeValue.Of(double.Parse(text.AsSpan(1))),
        _ => AttributeValue.Of(text.AsSpan(1) is "true"),
    };
}
