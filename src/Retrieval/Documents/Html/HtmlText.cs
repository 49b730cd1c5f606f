using System.Text;

namespace LlmPlatform.Retrieval.Documents.Html;

/// <summary>Text as a browser lays it out: runs of white space are one space, except where space is kept.</summary>
internal sealed class HtmlText
{
    private readonly StringBuilder _text = new();
    private bool _space;

    public int Length => _text.Length;

    /// <summary>Adds text; soft hyphens and marks without width go, a no-break space is a space.</summary>
    public void Append(string text, bool keepsSpace)
    {
        foreach (char character in text)
        {
            switch (character)
            {
                case '\u00AD' or '\u200B' or '\u2060' or '\uFEFF' or '\r':
                    break;
                case '\u00A0':
                    AppendVisible(' ');
                    break;
                case ' ' or '\t' or '\n' or '\f' when !keepsSpace:
                    _space = true;
                    break;
                default:
                    AppendVisible(character);
                    break;
            }
        }
    }

    /// <summary>Parts what stands before from what follows by a space.</summary>
    public void Separate() => _space = true;

    /// <summary>Ends the line.</summary>
    public void Break()
    {
        _space = false;
        _text.Append('\n');
    }

    /// <summary>The text so far; begins a new one.</summary>
    public string Take()
    {
        string text = _text.ToString();
        _text.Clear();
        _space = false;
        return text;
    }

    private void AppendVisible(char character)
    {
        if (_space && _text.Length > 0 && _text[^1] != '\n')
        {
            _text.Append(' ');
        }

        _space = false;
        _text.Append(character);
    }
}
