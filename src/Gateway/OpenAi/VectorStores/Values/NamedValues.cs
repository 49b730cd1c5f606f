using System.Text.Json;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.OpenAi.Requests;

namespace LlmPlatform.Gateway.OpenAi.VectorStores.Values;

/// <summary>Objects whose names are the caller's: metadata and attributes.</summary>
internal static class NamedValues
{
    private const int MostMetadata = 16;
    private const int LongestName = 64;
    private const int LongestMetadata = 512;

    /// <summary>The members of an object, with no name twice.</summary>
    /// <exception cref="OpenAiException">There are more or longer names than is allowed.</exception>
    public static IEnumerable<KeyValuePair<string, JsonElement>> Read(JsonElement value, string param, int most, int longestName)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (JsonProperty property in value.EnumerateObject())
        {
            string name = NameOf(property, param);
            if (name.Length == 0 || name.Length > longestName)
            {
                throw InvalidRequest.WrongHiddenValue(param, $"a name has {name.Length} characters. Expected 1 to {longestName}");
            }

            if (!names.Add(name))
            {
                throw InvalidRequest.Duplicate($"{param}.{name}");
            }

            if (names.Count > most)
            {
                throw InvalidRequest.WrongHiddenValue(param, $"it has more than {most} names. Expected at most {most}");
            }

            yield return new(name, property.Value);
        }
    }

    /// <summary>Metadata: at most 16 strings.</summary>
    public static IReadOnlyDictionary<string, string>? ReadMetadata(RequestFields fields)
    {
        if (fields.Take("metadata") is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            throw InvalidRequest.WrongType("metadata", "an object", value);
        }

        Dictionary<string, string> metadata = new(StringComparer.Ordinal);
        foreach ((string name, JsonElement item) in Read(value, "metadata", MostMetadata, LongestName))
        {
            string text = RequestFields.StringOf(item, $"metadata.{name}");
            metadata[name] = text.Length <= LongestMetadata ? text : throw InvalidRequest.StringTooLong($"metadata.{name}", LongestMetadata, text.Length);
        }

        return metadata;
    }

    private static string NameOf(JsonProperty property, string param)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException exception)
        {
            throw InvalidRequest.Create($"Invalid '{param}': a name is not well-formed Unicode.", param, "invalid_value", inner: exception);
        }
    }
}
