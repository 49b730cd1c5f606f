using System.Text.Json.Nodes;

namespace LlmPlatform.Training.Data;

/// <summary>What a field of a row holds: a plain text (TRL's standard format) or messages (its conversational format).</summary>
/// <param name="Text">The plain text, or null.</param>
/// <param name="Messages">The messages, or null.</param>
internal sealed record RowText(string? Text, IReadOnlyList<JsonObject>? Messages)
{
    /// <summary>Reads a field that must be there.</summary>
    /// <exception cref="RowException">It is not there, or neither.</exception>
    public static RowText Read(JsonObject row, string field) => row[field] switch
    {
        null => throw new RowException($"{field}: missing, expected a string or messages"),
        JsonArray messages => new RowText(null, MessageList.Read(messages, field)),
        JsonValue value when value.TryGetValue(out string? text) => new RowText(text, null),
        JsonNode other => throw new RowException($"{field}: a JSON {DataFiles.Kind(other)}, expected a string or messages"),
    };

    /// <summary>Reads a field that must hold plain text.</summary>
    /// <exception cref="RowException">It does not.</exception>
    public static string ReadText(JsonObject row, string field) =>
        row[field] is JsonValue value && value.TryGetValue(out string? text)
            ? text
            : throw new RowException($"{field}: a JSON {DataFiles.Kind(row[field])}, expected a string");

    /// <summary>As a field of a row.</summary>
    public JsonNode? ToNode() => Messages is null ? Text : new JsonArray([.. Messages.Select(message => message.DeepClone())]);

    /// <summary>Whether two say the same.</summary>
    public bool SameAs(RowText other) => Messages is null || other.Messages is null
        ? Messages is null && other.Messages is null && Text == other.Text
        : Messages.Count == other.Messages.Count && Messages.Zip(other.Messages).All(pair => JsonNode.DeepEquals(pair.First, pair.Second));
}
