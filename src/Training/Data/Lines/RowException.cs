namespace LlmPlatform.Training.Data;

/// <summary>One row cannot be used. The message names the field and what was expected, and holds no text of the row.</summary>
internal sealed class RowException(string message) : Exception(message)
{
    private const int MaxShown = 64;

    /// <summary>A value as a message may show it: at most 64 characters.</summary>
    public static string Cut(string value) => value.Length <= MaxShown ? value : string.Concat(value.AsSpan(0, MaxShown), "...");
}
