namespace LlmPlatform.Tokenization.ChatTemplates;

/// <summary>A chat template could not be compiled or could not render a conversation.</summary>
public sealed class ChatTemplateException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="kind">What went wrong.</param>
    /// <param name="message">The reason, without any part of the conversation unless the template put it there.</param>
    /// <param name="line">The line of the template, counted from 1, or 0 where it is not known.</param>
    public ChatTemplateException(ChatTemplateErrorKind kind, string message, int line = 0)
        : base(message)
    {
        Kind = kind;
        Line = line;
    }

    /// <summary>What went wrong.</summary>
    public ChatTemplateErrorKind Kind { get; }

    /// <summary>The line of the template, counted from 1, or 0 where it is not known.</summary>
    public int Line { get; internal set; }

    internal static ChatTemplateException Syntax(string message, int line) =>
        new(ChatTemplateErrorKind.Syntax, message, line);

    internal static ChatTemplateException Type(string message) => new(ChatTemplateErrorKind.Type, message);

    internal static ChatTemplateException Value(string message) => new(ChatTemplateErrorKind.Value, message);

    internal static ChatTemplateException Arithmetic(string message) => new(ChatTemplateErrorKind.Arithmetic, message);

    internal static ChatTemplateException Runtime(string message) => new(ChatTemplateErrorKind.Runtime, message);

    internal static ChatTemplateException Security(string message) => new(ChatTemplateErrorKind.Security, message);

    internal static ChatTemplateException Recursion() =>
        new(ChatTemplateErrorKind.Recursion, "maximum recursion depth exceeded");

    internal static ChatTemplateException Limit(string message) => new(ChatTemplateErrorKind.Limit, message);

    internal static ChatTemplateException Conversation(string message) =>
        new(ChatTemplateErrorKind.Conversation, message);
}
