using System.Text.Json.Nodes;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Text;

namespace LlmPlatform.Tokenization.ChatTemplates;

/// <summary>What transformers does around a template: tidies the messages, marks the one to continue and cuts there.</summary>
internal static class Conversation
{
    // transformers' own mark: its trailing space tells whether the template trimmed the content.
    private const string ContinueMark = "CONTINUE_FINAL_MESSAGE_TAG ";

    private static readonly string[] ReasoningKeys = ["reasoning_content", "thinking", "reasoning"];

    /// <summary>
    /// Copies of the messages without null-valued keys, in which every name for the reasoning text is set.
    /// </summary>
    internal static List<JsonObject> Prepare(IReadOnlyList<JsonObject> messages)
    {
        if (messages.Count == 0)
        {
            throw ChatTemplateException.Conversation("messages: the conversation is empty, expected at least one message");
        }

        return [.. messages.Select(PrepareMessage)];
    }

    private static JsonObject PrepareMessage(JsonObject message)
    {
        JsonObject prepared = [];
        foreach ((string key, JsonNode? value) in message)
        {
            if (value is not null)
            {
                prepared[key] = value.DeepClone();
            }
        }

        JsonNode? reasoning = ReasoningKeys.Select(key => prepared[key]).FirstOrDefault(value => value is not null);
        if (reasoning is not null)
        {
            prepared["reasoning_content"] ??= reasoning.DeepClone();
            prepared["thinking"] ??= reasoning.DeepClone();
        }

        return prepared;
    }

    /// <summary>Appends the mark to the last message's text, and returns that text without the mark.</summary>
    internal static string MarkLast(List<JsonObject> messages, string templateSource)
    {
        JsonObject last = messages[^1];
        JsonNode content = last["content"]
            ?? throw ChatTemplateException.Conversation("continue_final_message: the last message has no content to continue");
        if (!templateSource.Contains("content", StringComparison.Ordinal))
        {
            throw ChatTemplateException.Conversation("continue_final_message: the template does not use a message's content");
        }

        if (content is JsonArray parts)
        {
            JsonObject part = parts.Reverse().OfType<JsonObject>().FirstOrDefault(candidate => candidate.ContainsKey("text"))
                ?? throw ChatTemplateException.Conversation("continue_final_message: the last message has no text part to continue");
            string partText = TextOf(part["text"]);
            part["text"] = partText + ContinueMark;
            return partText;
        }

        string text = TextOf(content);
        last["content"] = text + ContinueMark;
        return text;
    }

    private static string TextOf(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out string? text)
            ? text
            : throw ChatTemplateException.Conversation("continue_final_message: the last message's content is not text");

    /// <summary>Cuts the rendered text where the mark stands.</summary>
    internal static string CutAtMark(string rendered, string continued)
    {
        string mark = ContinueMark.TrimEnd();
        int at = rendered.LastIndexOf(mark, StringComparison.Ordinal);
        if (at < 0 || !rendered.Contains(Whitespace.Strip(continued), StringComparison.Ordinal))
        {
            throw ChatTemplateException.Conversation(
                "continue_final_message: the last message does not appear in the rendered text, so it cannot be continued");
        }

        string cut = rendered[..at];
        bool keptSpacing = rendered.AsSpan(at).StartsWith(ContinueMark, StringComparison.Ordinal);
        return keptSpacing ? cut : Whitespace.StripEnd(cut);
    }
}
