using System.Text.Json.Nodes;
using LlmPlatform.Tokenization.ChatTemplates;

namespace LlmPlatform.Tokenization.Tests.ChatTemplates;

/// <summary>What happens around a template.</summary>
public class ChatTemplateTests
{
    private const string ChatMl =
        "{% for m in messages %}<{{ m.role }}>{{ m.content }}</>{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}";

    [Fact]
    public void Renders_messages_and_opens_the_answer()
    {
        string text = Render(ChatMl, [Message("user", "Hi 🦊")], addGenerationPrompt: true);

        Assert.Equal("<user>Hi 🦊</><assistant>", text);
    }

    [Fact]
    public void Gives_the_variables_that_transformers_gives()
    {
        ChatTemplate template = ChatTemplate.Compile(
            "{{ bos_token }}{{ eos_token }}{{ tools }}{{ documents }}{{ add_generation_prompt }}{{ thinking }}{{ strftime_now('%Y-%m-%d') }}");

        string text = template.Render(new ChatTemplateInput
        {
            Messages = [Message("user", "x")],
            BosToken = "<s>",
            EosToken = "</s>",
            Extra = new JsonObject { ["thinking"] = true },
            TimeProvider = new FixedClock(new DateTime(2026, 3, 9, 0, 0, 0, DateTimeKind.Utc)),
        });

        Assert.Equal("<s></s>NoneNoneFalseTrue2026-03-09", text);
    }

    [Fact]
    public void A_token_that_is_not_given_is_undefined() =>
        Assert.Equal("False", Render("{{ bos_token is defined }}", [Message("user", "x")]));

    [Fact]
    public void Drops_null_values_and_gives_reasoning_its_names()
    {
        JsonObject message = new() { ["role"] = "assistant", ["content"] = null, ["reasoning"] = "why" };

        string text = Render("{{ messages }}", [message]);

        Assert.Equal("[{'role': 'assistant', 'reasoning': 'why', 'reasoning_content': 'why', 'thinking': 'why'}]", text);
        Assert.Equal(3, message.Count);
    }

    [Fact]
    public void Continues_the_last_message()
    {
        string text = Render(ChatMl, [Message("user", "Go"), Message("assistant", "Sure, ")], continueFinalMessage: true);

        Assert.Equal("<user>Go</><assistant>Sure, ", text);
    }

    [Fact]
    public void Continues_what_the_template_trims()
    {
        string text = Render(
            "{% for m in messages %}<{{ m.role }}>{{ m.content | trim }}</>{% endfor %}", [Message("assistant", "Sure, ")], continueFinalMessage: true);

        Assert.Equal("<assistant>Sure,", text);
    }

    [Fact]
    public void Continues_the_last_text_part()
    {
        JsonObject message = new()
        {
            ["role"] = "assistant",
            ["content"] = new JsonArray(
                new JsonObject { ["type"] = "text", ["text"] = "A" }, new JsonObject { ["type"] = "text", ["text"] = "B " }),
        };

        string text = Render("{% for p in messages[0].content %}{{ p.text }}{% endfor %}</>", [message], continueFinalMessage: true);

        Assert.Equal("AB ", text);
    }

    [Theory]
    [InlineData("{{ messages | length }} content")]
    [InlineData("nothing")]
    public void Refuses_to_continue_what_is_not_shown(string template) =>
        AssertConversationError(() => Render(template, [Message("assistant", "Sure")], continueFinalMessage: true));

    [Fact]
    public void Refuses_to_continue_a_message_without_content() => AssertConversationError(
        () => Render(ChatMl, [new JsonObject { ["role"] = "assistant" }], continueFinalMessage: true));

    [Fact]
    public void Refuses_to_continue_and_begin_at_once() => AssertConversationError(
        () => Render(ChatMl, [Message("assistant", "x")], addGenerationPrompt: true, continueFinalMessage: true));

    [Fact]
    public void Refuses_an_empty_conversation() => AssertConversationError(() => Render(ChatMl, []));

    [Fact]
    public void Passes_on_what_the_template_says()
    {
        ChatTemplateException error = Assert.Throws<ChatTemplateException>(
            () => Render("\n{{ raise_exception('roles must alternate') }}", [Message("user", "x")]));

        Assert.Equal(ChatTemplateErrorKind.Raised, error.Kind);
        Assert.Equal("roles must alternate", error.Message);
        Assert.Equal(2, error.Line);
    }

    [Fact]
    public void Reports_what_the_assistant_wrote_in_both_units()
    {
        ChatTemplate template = ChatTemplate.Compile(
            "{% for m in messages %}<{{ m.role }}>{% if m.role == 'assistant' %}{% generation %}{{ m.content }}{% endgeneration %}"
            + "{% else %}{{ m.content }}{% endif %}{% endfor %}");

        RenderedChat chat = template.RenderWithSpans(new ChatTemplateInput
        {
            Messages = [Message("user", "🦊"), Message("assistant", "é🦊")],
        });

        AssistantSpan span = Assert.Single(chat.AssistantSpans);
        Assert.Equal("é🦊", chat.Text[span.Start..span.End]);
        Assert.Equal(new AssistantSpan(19, 22, 18, 20), span);
    }

    [Fact]
    public void Serves_threads_at_once()
    {
        ChatTemplate template = ChatTemplate.Compile(ChatMl);

        Parallel.For(0, 200, i =>
            Assert.Equal($"<user>{i}</>", template.Render(new ChatTemplateInput { Messages = [Message("user", $"{i}")] })));
    }

    private static JsonObject Message(string role, string content) => new() { ["role"] = role, ["content"] = content };

    private static void AssertConversationError(Func<object?> render) =>
        Assert.Equal(ChatTemplateErrorKind.Conversation, Assert.Throws<ChatTemplateException>(render).Kind);

    private static string Render(
        string template, JsonObject[] messages, bool addGenerationPrompt = false, bool continueFinalMessage = false) =>
        ChatTemplate.Compile(template).Render(new ChatTemplateInput
        {
            Messages = messages,
            AddGenerationPrompt = addGenerationPrompt,
            ContinueFinalMessage = continueFinalMessage,
        });
}
