using System.Text;

namespace LlmPlatform.Retrieval.Documents.Csv;

/// <summary>
/// Reads rows as RFC 4180 writes them, and what programs make of it: any delimiter, line ends within quotes, quotes doubled
/// within quotes, text behind a closing quote, rows of unequal length.
/// </summary>
internal sealed class CsvRows(string text, char delimiter, int start = 0)
{
    private readonly StringBuilder _field = new();
    private int _at = start;
    private bool _quotes = true;

    /// <summary>Whether a quote was opened that nothing closes; from there on quotes were read as letters.</summary>
    public bool HasUnclosedQuote => !_quotes;

    /// <summary>The next row; null at the end. An empty line is a row of one empty field.</summary>
    /// <exception cref="DocumentException">There are more fields than the limit.</exception>
    public List<string>? Next(int mostFields)
    {
        if (_at >= text.Length)
        {
            return null;
        }

        List<string> row = [];
        while (true)
        {
            row.Add(Field());
            if (row.Count > mostFields)
            {
                throw new DocumentException(DocumentErrors.LimitExceeded, $"more than {mostFields} fields in a row");
            }

            if (_at >= text.Length || text[_at++] != delimiter)
            {
                return row;
            }
        }
    }

    private string Field()
    {
        _field.Clear();
        if (_quotes && _at < text.Length && text[_at] == '"' && !Quoted())
        {
            _quotes = false;
            _field.Clear();
        }

        int end = text.AsSpan(_at).IndexOfAny(delimiter, '\n');
        end = end < 0 ? text.Length : _at + end;
        _field.Append(text, _at, end - _at);
        _at = end;
        return _field.ToString();
    }

    // Reads to the closing quote. False, and nothing is read, where there is none.
    private bool Quoted()
    {
        for (int at = _at + 1; ;)
        {
            int quote = text.IndexOf('"', at);
            if (quote < 0)
            {
                return false;
            }

            _field.Append(text, at, quote - at);
            if (quote + 1 < text.Length && text[quote + 1] == '"')
            {
                _field.Append('"');
                at = quote + 2;
                continue;
            }

            _at = quote + 1;
            return true;
        }
    }
}
