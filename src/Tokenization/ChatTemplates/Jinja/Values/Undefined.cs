namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

/// <summary>
/// What a missing variable, attribute or item is: prints as nothing, is false and empty, and fails at most other uses.
/// </summary>
internal sealed class Undefined(string message, ChatTemplateErrorKind kind = ChatTemplateErrorKind.Undefined)
{
    internal static Undefined Variable(string name) => new($"'{name}' is undefined");

    internal static Undefined Attribute(object? target, object? name) => new(name is string or Markup
        ? $"'{TypeNames.OfObject(target)}' has no attribute '{ErrorText.Cut(name.ToString()!)}'"
        : $"{TypeNames.OfObject(target)} has no element {ErrorText.Cut(name)}");

    /// <summary>What the sandbox puts in the place of an attribute that it does not give out.</summary>
    internal static Undefined Unsafe(object? target, string name) => new(
        $"access to attribute '{ErrorText.Cut(name)}' of '{TypeNames.Of(target)}' object is unsafe.",
        ChatTemplateErrorKind.Security);

    internal ChatTemplateException Error() => new(kind, message);
}
