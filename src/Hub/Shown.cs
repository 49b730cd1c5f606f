using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace LlmPlatform.Hub;

/// <summary>Values as error messages show them: short, on one line.</summary>
internal static class Shown
{
    private const int MaxLength = 64;

    public static string Cut(object value)
    {
        string text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        StringBuilder shown = new(Math.Min(text.Length, MaxLength) + 3);
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, MaxLength)))
        {
            shown.Append(char.IsControl(c) ? '?' : c);
        }

        return text.Length > MaxLength ? shown.Append("...").ToString() : shown.ToString();
    }

    public static string Shape(ImmutableArray<long> shape) => $"[{string.Join(", ", shape)}]";
}
