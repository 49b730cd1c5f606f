using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Contracts.Generation.V1;

namespace LlmPlatform.Cli.Commands.Chatting;

/// <summary>A conversation as supervised fine-tuning reads it: <c>{"messages": [{"role": ..., "content": ...}]}</c>.</summary>
internal static class ConversationLine
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(IEnumerable<ChatMessage> messages) => new JsonObject
    {
        ["messages"] = new JsonArray([.. messages.Select(message => (JsonNode)new JsonObject { ["role"] = message.Role, ["content"] = message.Content })]),
    }.ToJsonString(Readable);
}
