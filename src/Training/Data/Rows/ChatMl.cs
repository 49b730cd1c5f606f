using System.Text.Json.Nodes;

namespace LlmPlatform.Training.Data;

/// <summary>Which rows are conversations, and conversations that are written in other names.</summary>
internal static class ChatMl
{
    private static readonly string[] Fields = ["prompt", "completion", "chosen", "rejected", "messages"];

    /// <summary>
    /// TRL's <c>maybe_convert_to_chatml</c>: <c>from</c> and <c>value</c> of messages become <c>role</c> and <c>content</c>,
    /// <c>conversations</c> becomes <c>messages</c>. Roles stay what they are. Changes the row.
    /// </summary>
    public static void Convert(JsonObject row)
    {
        Rename(row, "conversations", "messages");
        foreach (string field in Fields)
        {
            foreach (JsonObject message in (row[field] as JsonArray)?.OfType<JsonObject>() ?? [])
            {
                Rename(message, "from", "role");
                Rename(message, "value", "content");
            }
        }
    }

    /// <summary>TRL's <c>is_conversational</c>: a known field holds messages with role and content.</summary>
    public static bool IsConversational(JsonObject row) => Fields.Any(field =>
        row[field] is JsonArray { Count: > 0 } messages
        && messages[0] is JsonObject first && first.ContainsKey("role") && first.ContainsKey("content"));

    private static void Rename(JsonObject holder, string from, string to)
    {
        if (holder.Remove(from, out JsonNode? value))
        {
            holder[to] = value;
        }
    }
}
