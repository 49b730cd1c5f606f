using System.Text.RegularExpressions;

namespace LlmPlatform.Retrieval.Documents.Pdf.Layout;

/// <summary>What an item of a list begins with.</summary>
internal enum ListMarker
{
    /// <summary>Nothing: it is no item.</summary>
    None,

    /// <summary>A sign that is only used for items.</summary>
    Bullet,

    /// <summary>A dash or an asterisk, which may also stand in a sentence.</summary>
    Dash,

    /// <summary>A number or a letter.</summary>
    Number,
}

/// <summary>Finds what an item begins with.</summary>
internal static partial class ListMarkers
{
    /// <summary>The marker that a line begins with.</summary>
    public static ListMarker Of(string line)
    {
        if (line.Length < 2)
        {
            return ListMarker.None;
        }

        return line[0] switch
        {
            '•' or '‣' or '◦' or '▪' or '■' or '□' or '●' or '○' or '◆' or '◇' or '▶' or '►' or '※' or '∙' => ListMarker.Bullet,
            '·' or '–' or '—' or '-' or '*' when line[1] == ' ' => ListMarker.Dash,
            _ => Number().IsMatch(line) ? ListMarker.Number : ListMarker.None,
        };
    }

    /// <summary>An item's text without its bullet; numbers stay.</summary>
    public static string Without(ListMarker marker, string text) =>
        marker is ListMarker.Bullet or ListMarker.Dash ? text[1..].TrimStart() : text;

    [GeneratedRegex(@"^(\(?\d{1,3}[.)]|\(?[A-Za-z][.)]|[가나다라마바사아자차카타파하][.)]|[①-⑳])\s")]
    private static partial Regex Number();
}
