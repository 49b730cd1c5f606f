using System.Text.Json;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.OpenAi.Requests;

namespace LlmPlatform.Gateway.OpenAi.Chat;

/// <summary>Reads the messages of a conversation.</summary>
internal static class ChatMessageReader
{
    private const string System = "system";

    public static IReadOnlyList<ChatMessage> Read(RequestFields fields)
    {
        JsonElement value = fields.TakeRequired("messages");
        string param = fields.ParamOf("messages");
        if (value.ValueKind != JsonValueKind.Array)
        {
            throw InvalidRequest.WrongType(param, "an array of messages", value);
        }

        ChatMessage[] messages = [.. value.EnumerateArray().Select((message, index) => ReadMessage(message, $"{param}[{index}]"))];
        return messages.Length > 0 ? messages : throw InvalidRequest.EmptyArray(param);
    }

    private static ChatMessage ReadMessage(JsonElement element, string path)
    {
        RequestFields fields = new(element, path);
        string role = ReadRole(fields);
        foreach (string list in (ReadOnlySpan<string>)["tool_calls", "annotations"])
        {
            // Clients send back the assistant's message as they got it, empty lists included.
            fields.Refuse(list, Neutral.EmptyArray);
        }

        fields.Refuse("tool_call_id", Neutral.Nothing);
        fields.Refuse("function_call", Neutral.Nothing);
        fields.Refuse("audio", Neutral.Nothing);
        fields.Refuse("refusal", Neutral.EmptyString);
        ChatMessage message = new()
        {
            Role = role,
            Content = ReadContent(fields.TakeRequired("content"), fields.ParamOf("content")),
            Name = fields.TakeString("name"),
        };
        fields.RefuseUnknown();
        return message;
    }

    private static string ReadRole(RequestFields fields)
    {
        string role = fields.TakeRequiredString("role");
        return role switch
        {
            System or "user" or "assistant" => role,
            "developer" => System,
            "tool" or "function" => throw InvalidRequest.Unsupported(fields.ParamOf("role"), $"messages of role '{role}' are not supported by this platform"),
            _ => throw InvalidRequest.WrongValue(fields.ParamOf("role"), role, "one of 'system', 'developer', 'user', 'assistant'"),
        };
    }

    private static string ReadContent(JsonElement content, string param)
    {
        if (content.ValueKind == JsonValueKind.String)
        {
            return RequestFields.StringOf(content, param);
        }

        if (content.ValueKind != JsonValueKind.Array)
        {
            throw InvalidRequest.WrongType(param, "a string or an array of text parts", content);
        }

        string[] parts = [.. content.EnumerateArray().Select((part, index) => ReadPart(part, $"{param}[{index}]"))];
        return parts.Length > 0 ? string.Join('\n', parts) : throw InvalidRequest.EmptyArray(param);
    }

    private static string ReadPart(JsonElement element, string path)
    {
        RequestFields fields = new(element, path);
        string type = fields.TakeRequiredString("type");
        switch (type)
        {
            case "text":
                string text = RequestFields.StringOf(fields.TakeRequired("text"), fields.ParamOf("text"));
                fields.RefuseUnknown();
                return text;
            case "image_url" or "input_audio" or "file" or "refusal":
                throw InvalidRequest.Unsupported(fields.ParamOf("type"), $"parts of type '{type}' are not supported by this platform, only 'text'");
            default:
                throw InvalidRequest.WrongValue(fields.ParamOf("type"), type, "'text'");
        }
    }
}
