using System.Text.Json.Nodes;

namespace LlmPlatform.Training.Data;

/// <summary>TRL's <c>apply_chat_template</c>: a conversational row as one of plain text.</summary>
internal static class ChatText
{
    private static readonly string[] Answers = ["completion", "chosen", "rejected"];

    /// <summary>
    /// Renders every field: <c>messages</c> becomes <c>text</c>; a prompt ends with the generation prompt, or goes on with a last
    /// message of the assistant; an answer is what follows the prompt. Other fields than these, and <c>label</c>, are left out.
    /// </summary>
    /// <exception cref="RowException">A field is not messages, or the prompt ends with a role that nobody answers.</exception>
    public static JsonObject Apply(DataTokenizer tokenizer, JsonObject row)
    {
        ChatRenderer renderer = new(tokenizer, TemplateFields.Read(row));
        JsonObject result = [];
        if (row.ContainsKey("messages"))
        {
            result["text"] = renderer.Render(Messages(row, "messages")).Text;
        }

        string[] answers = [.. Answers.Where(row.ContainsKey)];
        if (!row.ContainsKey("prompt"))
        {
            foreach (string answer in answers)
            {
                result[answer] = renderer.Render(Messages(row, answer)).Text;
            }
        }
        else
        {
            IReadOnlyList<JsonObject> prompt = Messages(row, "prompt");
            string[] wholes = [.. answers.Select(answer => renderer.Render([.. prompt, .. Messages(row, answer)]).Text)];
            int shared = Rendered(renderer, prompt) is var promptText && wholes.Length == 0
                ? promptText.Length
                : wholes.Min(whole => Prefixes.Common(promptText, whole));
            result["prompt"] = promptText[..shared];
            for (int i = 0; i < answers.Length; i++)
            {
                result[answers[i]] = wholes[i][shared..];
            }
        }

        if (row.TryGetPropertyValue("label", out JsonNode? label))
        {
            result["label"] = label?.DeepClone();
        }

        return result;
    }

    private static string Rendered(ChatRenderer renderer, IReadOnlyList<JsonObject> prompt) => MessageList.Role(prompt[^1]) switch
    {
        "user" or "tool" => renderer.Render(prompt, addGenerationPrompt: true).Text,
        MessageList.Assistant => renderer.Render(prompt, continueFinalMessage: true).Text,
        string role => throw new RowException($"prompt: ends with the role {RowException.Cut(role)}, expected user, tool or assistant"),
    };

    private static IReadOnlyList<JsonObject> Messages(JsonObject row, string field) => RowText.Read(row, field).Messages
        ?? throw new RowException($"{field}: a string, expected messages as in the row's other fields");
}
