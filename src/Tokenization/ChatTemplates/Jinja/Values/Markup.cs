using System.Text;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

/// <summary>Text that is HTML already and is not escaped again; text joined to it is escaped first.</summary>
internal sealed record Markup(string Text)
{
    /// <summary>Escapes a value's text, unless it is markup already.</summary>
    internal static Markup Escape(object? value) => value as Markup ?? new Markup(EscapeText(Printer.Str(value)));

    public override string ToString() => Text;

    private static string EscapeText(string text)
    {
        if (text.AsSpan().IndexOfAny("&<>\"'") < 0)
        {
            return text;
        }

        StringBuilder escaped = new(text.Length + 16);
        foreach (char c in text)
        {
            _ = c switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '"' => escaped.Append("&#34;"),
                '\'' => escaped.Append("&#39;"),
                _ => escaped.Append(c),
            };
        }

        return Runtime.RenderBudget.Text(escaped.ToString());
    }
}
