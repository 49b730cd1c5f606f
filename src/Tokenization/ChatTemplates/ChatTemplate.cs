using System.Text.Json.Nodes;
using LlmPlatform.Tokenization.ChatTemplates.Jinja;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Syntax;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Text;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

namespace LlmPlatform.Tokenization.ChatTemplates;

/// <summary>
/// A model's chat template, compiled: turns a conversation into the prompt the model was trained on, as transformers'
/// <c>apply_chat_template</c> does. Safe to share between threads.
/// </summary>
public sealed class ChatTemplate
{
    private readonly string _source;
    private readonly Template _template;

    private ChatTemplate(string source, Template template)
    {
        _source = source;
        _template = template;
    }

    /// <summary>Compiles a template.</summary>
    /// <param name="source">The Jinja text, as in <c>chat_template.jinja</c> or <c>tokenizer_config.json</c>.</param>
    /// <exception cref="ChatTemplateException">The text is no valid template (<see cref="ChatTemplateErrorKind.Syntax"/>).</exception>
    public static ChatTemplate Compile(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new ChatTemplate(source, Parser.Parse(source));
    }

    /// <summary>Renders a conversation.</summary>
    /// <exception cref="ChatTemplateException">The template refuses the conversation or fails on it; the kind says how.</exception>
    public string Render(ChatTemplateInput input) => RenderWithSpans(input).Text;

    /// <summary>Renders a conversation and says which parts the assistant wrote.</summary>
    /// <exception cref="ChatTemplateException">The template refuses the conversation or fails on it; the kind says how.</exception>
    public RenderedChat RenderWithSpans(ChatTemplateInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.ContinueFinalMessage && input.AddGenerationPrompt)
        {
            throw ChatTemplateException.Conversation(
                "continue_final_message and add_generation_prompt exclude each other: a message is either continued or begun");
        }

        List<JsonObject> messages = Conversation.Prepare(input.Messages);
        string? continued = input.ContinueFinalMessage ? Conversation.MarkLast(messages, _source) : null;

        RenderResult result = Interpreter.Render(_template, Variables(input, messages), input.TimeProvider);
        string text = continued is null ? result.Text : Conversation.CutAtMark(result.Text, continued);
        return new RenderedChat(text, Spans(text, result.Spans));
    }

    private static Dictionary<string, object?> Variables(ChatTemplateInput input, List<JsonObject> messages)
    {
        Dictionary<string, object?> variables = new(StringComparer.Ordinal)
        {
            ["messages"] = JsonValues.FromNodes(messages),
            ["tools"] = input.Tools is null ? null : JsonValues.FromNodes(input.Tools),
            ["documents"] = input.Documents is null ? null : JsonValues.FromNodes(input.Documents),
            ["add_generation_prompt"] = input.AddGenerationPrompt,
        };
        if (input.BosToken is not null)
        {
            variables["bos_token"] = input.BosToken;
        }

        if (input.EosToken is not null)
        {
            variables["eos_token"] = input.EosToken;
        }

        foreach ((string name, JsonNode? value) in input.Extra ?? [])
        {
            variables[name] = JsonValues.FromNode(value);
        }

        return variables;
    }

    private static AssistantSpan[] Spans(string text, IReadOnlyList<(int Start, int End)> spans)
    {
        return [.. spans.Where(span => span.Start <= text.Length).Select(span =>
        {
            int end = Math.Min(span.End, text.Length);
            int codePointStart = CodePoints.Count(text.AsSpan(0, span.Start));
            return new AssistantSpan(
                span.Start, end, codePointStart, codePointStart + CodePoints.Count(text.AsSpan(span.Start, end - span.Start)));
        })];
    }
}
