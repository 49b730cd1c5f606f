namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

/// <summary>Values in messages are cut short.</summary>
internal static class ErrorText
{
    private const int MaxLength = 64;

    internal static string Cut(string text) => text.Length <= MaxLength ? text : text[..MaxLength] + "...";

    /// <summary>A key or index; only numbers are shown, anything else by its type.</summary>
    internal static string Cut(object? value) => value is bool or long or double ? Printer.Repr(value) : TypeNames.Of(value);
}
