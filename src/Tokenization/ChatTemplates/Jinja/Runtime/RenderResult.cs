namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;

/// <summary>A rendered text and where <c>{% generation %}</c> stood in it, in UTF-16 units.</summary>
internal sealed record RenderResult(string Text, IReadOnlyList<(int Start, int End)> Spans);
