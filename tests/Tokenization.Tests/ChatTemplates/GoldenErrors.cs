using LlmPlatform.Tokenization.ChatTemplates;

namespace LlmPlatform.Tokenization.Tests.ChatTemplates;

/// <summary>Which kind of error stands for which of Python's.</summary>
internal static class GoldenErrors
{
    internal static ChatTemplateErrorKind[] KindsOf(string pythonType) => pythonType switch
    {
        "TemplateSyntaxError" or "TemplateAssertionError" or "SyntaxError" => [ChatTemplateErrorKind.Syntax],
        "TemplateError" => [ChatTemplateErrorKind.Raised],
        "UndefinedError" => [ChatTemplateErrorKind.Undefined],
        "TypeError" => [ChatTemplateErrorKind.Type],
        "ValueError" => [ChatTemplateErrorKind.Value, ChatTemplateErrorKind.Conversation],
        "ZeroDivisionError" or "OverflowError" => [ChatTemplateErrorKind.Arithmetic],
        "SecurityError" => [ChatTemplateErrorKind.Security],
        "RecursionError" => [ChatTemplateErrorKind.Recursion],
        "TemplateRuntimeError" or "FilterArgumentError" => [ChatTemplateErrorKind.Runtime],
        _ => Enum.GetValues<ChatTemplateErrorKind>(),
    };

    /// <summary>What is wrong with the error that was met, or null when it is the expected one.</summary>
    internal static string? Mismatch(ChatTemplateException actual, string expectedType, string expectedMessage)
    {
        if (!KindsOf(expectedType).Contains(actual.Kind))
        {
            return $"expected {expectedType} ({expectedMessage}), got {actual.Kind}: {actual.Message}";
        }

        return actual.Kind == ChatTemplateErrorKind.Raised && actual.Message != expectedMessage
            ? $"expected the message '{expectedMessage}', got '{actual.Message}'"
            : null;
    }
}
