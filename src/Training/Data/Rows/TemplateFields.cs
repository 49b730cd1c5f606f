using System.Text.Json;
using System.Text.Json.Nodes;

namespace LlmPlatform.Training.Data;

/// <summary>What a row gives its chat template beside the messages.</summary>
/// <param name="Tools">Schemas of tools, or null.</param>
/// <param name="Extra">Further variables (<c>chat_template_kwargs</c>), or null.</param>
internal sealed record TemplateFields(IReadOnlyList<JsonObject>? Tools, JsonObject? Extra)
{
    /// <summary>Reads <c>tools</c>, an array or a string that holds one as JSON, and <c>chat_template_kwargs</c>.</summary>
    /// <exception cref="RowException">One is something else.</exception>
    public static TemplateFields Read(JsonObject row) => new(ReadTools(row["tools"]), row["chat_template_kwargs"] switch
    {
        null => null,
        JsonObject extra => extra,
        JsonNode other => throw new RowException($"chat_template_kwargs: a JSON {DataFiles.Kind(other)}, expected an object"),
    });

    private static JsonObject[]? ReadTools(JsonNode? node)
    {
        if (node is JsonValue text && text.TryGetValue(out string? json))
        {
            try
            {
                node = JsonNode.Parse(json);
            }
            catch (JsonException)
            {
                throw new RowException("tools: a string that is not JSON, expected an array of tools");
            }
        }

        return node switch
        {
            null => null,
            JsonArray tools when tools.All(tool => tool is JsonObject) => [.. tools.Cast<JsonObject>()],
            _ => throw new RowException($"tools: a JSON {DataFiles.Kind(node)}, expected an array of objects"),
        };
    }
}
