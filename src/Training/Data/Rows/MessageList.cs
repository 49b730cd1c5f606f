using System.Text.Json.Nodes;

namespace LlmPlatform.Training.Data;

/// <summary>Messages of a conversation as rows hold them.</summary>
internal static class MessageList
{
    /// <summary>The role whose messages a model learns to write.</summary>
    public const string Assistant = "assistant";

    private const string Weight = "weight";

    /// <summary>Checks messages: at least one, each with a role, and a content or calls of tools.</summary>
    /// <exception cref="RowException">One is not as it must be.</exception>
    public static IReadOnlyList<JsonObject> Read(JsonArray messages, string field)
    {
        if (messages.Count == 0)
        {
            throw new RowException($"{field}: no messages, expected at least one");
        }

        JsonObject[] list = new JsonObject[messages.Count];
        for (int i = 0; i < list.Length; i++)
        {
            list[i] = messages[i] as JsonObject
                ?? throw new RowException($"{field}[{i}]: a JSON {DataFiles.Kind(messages[i])}, expected an object with role and content");
            Check(list[i], $"{field}[{i}]");
        }

        return list;
    }

    /// <summary>The role of a message.</summary>
    public static string Role(JsonObject message) => message["role"]!.GetValue<string>();

    /// <summary>
    /// Takes OpenAI's <c>weight</c> out of the messages, which a template must not see, and says which messages of the
    /// assistant are learnt: all but those with weight 0.
    /// </summary>
    /// <exception cref="RowException">A weight is neither 0 nor 1, or on a message that is not the assistant's.</exception>
    public static bool[] TakeWeights(IReadOnlyList<JsonObject> messages, string field)
    {
        bool[] learnt = new bool[messages.Count];
        for (int i = 0; i < learnt.Length; i++)
        {
            bool assistant = Role(messages[i]) == Assistant;
            learnt[i] = assistant;
            if (messages[i][Weight] is { } weight)
            {
                double value = weight is JsonValue number && number.TryGetValue(out double parsed) ? parsed : double.NaN;
                if (!assistant || value is not (0 or 1))
                {
                    throw new RowException($"{field}[{i}].weight: expected 0 or 1, on messages of the assistant only");
                }

                learnt[i] = value == 1;
            }

            messages[i].Remove(Weight);
        }

        return learnt;
    }

    private static void Check(JsonObject message, string field)
    {
        if (message["role"] is not JsonValue role || !role.TryGetValue(out string? name) || name.Length == 0)
        {
            throw new RowException($"{field}.role: a JSON {DataFiles.Kind(message["role"])}, expected a string that is not empty");
        }

        switch (message["content"])
        {
            case null when message["tool_calls"] is JsonArray { Count: > 0 } || message["function_call"] is JsonObject:
            case JsonArray:
            case JsonValue content when content.TryGetValue(out string? _):
                return;
            default:
                throw new RowException(
                    $"{field}.content: a JSON {DataFiles.Kind(message["content"])}, expected a string (null only beside tool_calls)");
        }
    }
}
