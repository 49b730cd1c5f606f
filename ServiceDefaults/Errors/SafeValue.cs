using System.Globalization;
using System.Text;

namespace LlmPlatform.ServiceDefaults.Errors;

/// <summary>
/// Makes a value fit to be shown in an error or a log line: at most <see cref="MaxLength"/> characters, on one line.
/// Prompts and secrets are never shown, not even cut: pass nothing for them.
/// </summary>
public static class SafeValue
{
    /// <summary>The most characters of a value that are shown.</summary>
    public const int MaxLength = 64;

    /// <summary>The value's text, cut, with control characters replaced by <c>?</c>; "" for null.</summary>
    public static string Cut(object? value)
    {
        string text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        int length = Math.Min(text.Length, MaxLength);

        // A pair of surrogates is not torn apart: half of one is no valid UTF-8.
        if (length < text.Length && char.IsHighSurrogate(text[length - 1]))
        {
            length--;
        }

        StringBuilder shown = new(length + 3);
        for (int i = 0; i < length; i++)
        {
            char c = text[i];
            bool pair = char.IsHighSurrogate(c) && i + 1 < length && char.IsLowSurrogate(text[i + 1]);
            if (pair)
            {
                shown.Append(c).Append(text[++i]);
            }
            else
            {
                shown.Append(char.IsControl(c) || char.IsSurrogate(c) ? '?' : c);
            }
        }

        return length < text.Length ? shown.Append("...").ToString() : shown.ToString();
    }
}
