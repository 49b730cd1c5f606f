using System.Text.Json.Nodes;
using LlmPlatform.Tokenization;
using LlmPlatform.Tokenization.ChatTemplates;

namespace LlmPlatform.Training.Data;

/// <summary>
/// Rows of supervised fine-tuning as tokens, by the rules of TRL's SFTTrainer: text (<c>text</c>), conversations
/// (<c>messages</c>, OpenAI's with <c>weight</c> and ShareGPT's <c>conversations</c> included), and <c>prompt</c> with
/// <c>completion</c>, plain or conversational.
/// </summary>
internal sealed class SftRows(DataTokenizer tokenizer, SftOptions options)
{
    /// <summary>The whole row, not cut to a length.</summary>
    /// <exception cref="RowException">The row cannot be used.</exception>
    public SftExample Encode(JsonObject row)
    {
        ChatMl.Convert(row);
        if (row.ContainsKey("prompt") && row.ContainsKey("completion"))
        {
            return PromptCompletion(row);
        }

        if (options.CompletionOnlyLoss == true)
        {
            throw new RowException("no prompt and completion, expected both: completion_only_loss is set");
        }

        if (row["messages"] is not null)
        {
            return RowText.Read(row, "messages").Messages is { } messages
                ? Conversation(row, messages)
                : throw new RowException("messages: a string, expected an array of messages");
        }

        return row["text"] is not null
            ? Text(row)
            : throw new RowException("none of the fields text, messages, or prompt and completion, expected one of these forms");
    }

    private SftExample Text(JsonObject row)
    {
        RequireNoAssistantLoss();
        int[] ids = tokenizer.Tokenizer.EncodeIds(tokenizer.WithEos(RowText.ReadText(row, "text")));
        return Labelled(ids, completionStart: 0, assistant: null);
    }

    private SftExample Conversation(JsonObject row, IReadOnlyList<JsonObject> messages)
    {
        ChatRenderer renderer = new(tokenizer, TemplateFields.Read(row));
        (int[] ids, bool[]? assistant) = Tokens(renderer, messages, "messages", options.AssistantOnlyLoss ?? true);
        return Labelled(ids, completionStart: 0, assistant);
    }

    private SftExample PromptCompletion(JsonObject row)
    {
        RowText prompt = RowText.Read(row, "prompt");
        RowText completion = RowText.Read(row, "completion");
        int[] promptIds;
        int[] ids;
        bool[]? assistant = null;
        if (prompt.Text is not null && completion.Text is not null)
        {
            RequireNoAssistantLoss();
            promptIds = tokenizer.Tokenizer.EncodeIds(prompt.Text);
            ids = tokenizer.Tokenizer.EncodeIds(prompt.Text + tokenizer.WithEos(completion.Text));
        }
        else if (prompt.Messages is not null && completion.Messages is not null)
        {
            ChatRenderer renderer = new(tokenizer, TemplateFields.Read(row));
            (ids, assistant) = Tokens(
                renderer, [.. prompt.Messages, .. completion.Messages], "prompt + completion", options.AssistantOnlyLoss ?? false);
            promptIds = tokenizer.Tokenizer.EncodeIds(renderer.Render(prompt.Messages, addGenerationPrompt: true).Text, addSpecialTokens: false);
        }
        else
        {
            throw new RowException("prompt and completion: one is a string and one messages, expected two of a kind");
        }

        bool completionOnly = options.CompletionOnlyLoss ?? true;
        return Labelled(ids, completionOnly ? Prefixes.Common(promptIds, ids) : 0, assistant);
    }

    private (int[] Ids, bool[]? Assistant) Tokens(
        ChatRenderer renderer, IReadOnlyList<JsonObject> messages, string field, bool assistantOnly)
    {
        bool[] learnt = MessageList.TakeWeights(messages, field);
        bool weighted = Enumerable.Range(0, learnt.Length)
            .Any(i => !learnt[i] && MessageList.Role(messages[i]) == MessageList.Assistant);
        if (weighted && !assistantOnly)
        {
            throw new RowException($"{field}: a weight of 0, expected none where assistant_only_loss is off");
        }

        RenderedChat chat = renderer.Render(messages);
        if (!assistantOnly)
        {
            return (tokenizer.Tokenizer.EncodeIds(chat.Text, addSpecialTokens: false), null);
        }

        List<(int, int)> turns = AssistantTurns.Find(renderer, messages, learnt, chat, tokenizer.EosToken);
        Encoding encoding = tokenizer.Tokenizer.Encode(chat.Text, addSpecialTokens: false);
        return (encoding.Ids, AssistantTurns.TokenMask(encoding, chat.Text, turns));
    }

    private void RequireNoAssistantLoss()
    {
        if (options.AssistantOnlyLoss == true)
        {
            throw new RowException("plain text, expected messages: assistant_only_loss is set");
        }
    }

    private static SftExample Labelled(int[] ids, int completionStart, bool[]? assistant)
    {
        int[] labels = [.. ids];
        for (int i = 0; i < labels.Length; i++)
        {
            if (i < completionStart || assistant is not null && !assistant[i])
            {
                labels[i] = SftExample.Ignored;
            }
        }

        return new SftExample(ids, labels);
    }
}
