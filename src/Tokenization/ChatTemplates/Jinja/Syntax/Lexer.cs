using LlmPlatform.Tokenization.ChatTemplates.Jinja.Text;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Syntax;

/// <summary>
/// Cuts a template into tokens. White space is handled as with <c>trim_blocks</c> and <c>lstrip_blocks</c>: the line
/// break after a block or comment goes, and so does the indentation before one that begins its line.
/// </summary>
internal sealed class Lexer
{
    private readonly string _source;
    private readonly List<Token> _tokens = [];
    private int _position;
    private int _line = 1;

    // Whether the text at the position begins a line, so that indentation before a tag may be stripped.
    private bool _lineStarting = true;

    private Lexer(string source) => _source = source;

    internal static List<Token> Tokenize(string source)
    {
        Lexer lexer = new(NormalizeNewlines(source));
        lexer.ReadTemplate();
        return lexer._tokens;
    }

    // One line break at the very end is dropped, as a text editor adds it.
    private static string NormalizeNewlines(string source)
    {
        string text = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        return text.EndsWith('\n') ? text[..^1] : text;
    }

    private void ReadTemplate()
    {
        while (_position < _source.Length)
        {
            int tag = FindTag(_position);
            if (tag < 0)
            {
                AddData(_source[_position..]);
                _position = _source.Length;
                break;
            }

            char kind = _source[tag + 1];
            int afterTag = tag + 2;
            char sign = afterTag < _source.Length && _source[afterTag] is '-' or '+' ? _source[afterTag] : '\0';
            AddData(StripBefore(_source[_position..tag], sign, isVariable: kind == '{'));
            _position = sign == '\0' ? afterTag : afterTag + 1;
            switch (kind)
            {
                case '#':
                    SkipComment();
                    break;
                case '{':
                    ReadTag(TokenKind.VariableBegin, TokenKind.VariableEnd);
                    break;
                default:
                    if (!TryReadRaw())
                    {
                        ReadTag(TokenKind.BlockBegin, TokenKind.BlockEnd);
                    }

                    break;
            }
        }

        _tokens.Add(new Token(TokenKind.End, "", null, _line));
    }

    private int FindTag(int from)
    {
        for (int at = _source.IndexOf('{', from); at >= 0 && at + 1 < _source.Length; at = _source.IndexOf('{', at + 1))
        {
            if (_source[at + 1] is '{' or '%' or '#')
            {
                return at;
            }
        }

        return -1;
    }

    private string StripBefore(string text, char sign, bool isVariable)
    {
        // Lines are counted on the text as it stood.
        int lineBreaks = text.AsSpan().Count('\n');
        string kept = text;
        if (sign == '-')
        {
            kept = Whitespace.StripEnd(text);
        }
        else if (sign != '+' && !isVariable)
        {
            int lineStart = text.LastIndexOf('\n') + 1;
            if ((lineStart > 0 || _lineStarting) && Whitespace.IsAll(text.AsSpan(lineStart)))
            {
                kept = text[..lineStart];
            }
        }

        _line += lineBreaks - kept.AsSpan().Count('\n');
        return kept;
    }

    private void AddData(string text)
    {
        if (text.Length > 0)
        {
            _tokens.Add(new Token(TokenKind.Data, text, null, _line));
            _line += text.AsSpan().Count('\n');
        }
    }

    private void SkipComment()
    {
        int end = _source.IndexOf("#}", _position, StringComparison.Ordinal);
        if (end < 0)
        {
            FailUnlessAtEnd("Missing end of comment tag");
            return;
        }

        char sign = end > _position ? _source[end - 1] : '\0';
        MoveTo(end + 2);
        AfterTag(sign, trimLineBreak: true);
    }

    // {% raw %} ... {% endraw %}: text in which tags mean nothing.
    private bool TryReadRaw()
    {
        int at = SkipSpace(_position);
        if (!_source.AsSpan(at).StartsWith("raw", StringComparison.Ordinal))
        {
            return false;
        }

        at = SkipSpace(at + 3);
        char openSign = At(at) == '-' ? '-' : '\0';
        int close = openSign == '-' ? at + 1 : at;
        if (!_source.AsSpan(close).StartsWith("%}", StringComparison.Ordinal))
        {
            return false;
        }

        MoveTo(close + 2);
        AfterTag(openSign, trimLineBreak: false);
        for (int end = _source.IndexOf("{%", _position, StringComparison.Ordinal);
            end >= 0;
            end = _source.IndexOf("{%", end + 1, StringComparison.Ordinal))
        {
            char before = At(end + 2) is '-' or '+' ? At(end + 2) : '\0';
            int word = SkipSpace(before == '\0' ? end + 2 : end + 3);
            if (!_source.AsSpan(word).StartsWith("endraw", StringComparison.Ordinal))
            {
                continue;
            }

            int after = SkipSpace(word + 6);
            char sign = At(after) is '-' or '+' ? At(after) : '\0';
            int tagEnd = sign == '\0' ? after : after + 1;
            if (_source.AsSpan(Math.Min(tagEnd, _source.Length)).StartsWith("%}", StringComparison.Ordinal))
            {
                AddData(StripBefore(_source[_position..end], before, isVariable: false));
                _position = end;
                MoveTo(tagEnd + 2);
                AfterTag(sign, trimLineBreak: true);
                return true;
            }
        }

        FailUnlessAtEnd("Missing end of raw directive");
        return true;
    }

    // As in jinja2, a comment or raw block that has nothing in it may be left open.
    private void FailUnlessAtEnd(string message)
    {
        if (_position < _source.Length)
        {
            throw ChatTemplateException.Syntax(message, _line);
        }
    }

    // The inside of {{ }} or {% %}. An end mark within brackets is made of operators instead.
    private void ReadTag(TokenKind begin, TokenKind end)
    {
        string mark = end == TokenKind.BlockEnd ? "%}" : "}}";
        Stack<char> brackets = [];
        _tokens.Add(new Token(begin, "", null, _line));
        while (true)
        {
            if (brackets.Count == 0 && TryReadEnd(mark, end))
            {
                return;
            }

            int next = SkipSpace(_position);
            if (next > _position)
            {
                MoveTo(next);
                continue;
            }

            if (_position >= _source.Length)
            {
                return;
            }

            int line = _line;
            Token token = TagScanner.Read(_source, _position, line, out int length);
            TrackBrackets(brackets, token);
            _tokens.Add(token);
            MoveTo(_position + length);
        }
    }

    private bool TryReadEnd(string mark, TokenKind end)
    {
        char sign = At(_position);
        bool signed = sign == '-' || (sign == '+' && end == TokenKind.BlockEnd);
        int at = signed ? _position + 1 : _position;
        if (!_source.AsSpan(Math.Min(at, _source.Length)).StartsWith(mark, StringComparison.Ordinal))
        {
            return false;
        }

        _tokens.Add(new Token(end, "", null, _line));
        MoveTo(at + 2);
        AfterTag(signed ? sign : '\0', trimLineBreak: end == TokenKind.BlockEnd);
        return true;
    }

    private static void TrackBrackets(Stack<char> brackets, Token token)
    {
        if (token.Kind != TokenKind.Operator)
        {
            return;
        }

        switch (token.Text)
        {
            case "{":
                brackets.Push('}');
                break;
            case "(":
                brackets.Push(')');
                break;
            case "[":
                brackets.Push(']');
                break;
            case "}" or ")" or "]":
                if (!brackets.TryPop(out char expected))
                {
                    throw ChatTemplateException.Syntax($"unexpected '{token.Text}'", token.Line);
                }

                if (expected != token.Text[0])
                {
                    throw ChatTemplateException.Syntax($"unexpected '{token.Text}', expected '{expected}'", token.Line);
                }

                break;
        }
    }

    private void AfterTag(char sign, bool trimLineBreak)
    {
        if (sign == '-')
        {
            MoveTo(SkipSpace(_position));
        }
        else if (sign != '+' && trimLineBreak && At(_position) == '\n')
        {
            MoveTo(_position + 1);
        }

        _lineStarting = _position > 0 && _source[_position - 1] == '\n';
    }

    private int SkipSpace(int at)
    {
        while (at < _source.Length && Whitespace.IsSpace(_source[at]))
        {
            at++;
        }

        return at;
    }

    private char At(int position) => position < _source.Length ? _source[position] : '\0';

    private void MoveTo(int position)
    {
        _line += _source.AsSpan(_position, position - _position).Count('\n');
        _position = position;
    }
}
