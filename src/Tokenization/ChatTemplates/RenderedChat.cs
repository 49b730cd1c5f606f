namespace LlmPlatform.Tokenization.ChatTemplates;

/// <summary>A rendered conversation.</summary>
/// <param name="Text">The prompt.</param>
/// <param name="AssistantSpans">What the assistant wrote, in order; empty for a template without <c>{% generation %}</c>.</param>
public sealed record RenderedChat(string Text, IReadOnlyList<AssistantSpan> AssistantSpans);
