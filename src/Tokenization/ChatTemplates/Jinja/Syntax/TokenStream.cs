namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Syntax;

/// <summary>The tokens of a template with a position among them.</summary>
internal sealed class TokenStream(List<Token> tokens)
{
    private int _position;

    internal Token Current => tokens[_position];

    internal Token Next => tokens[Math.Min(_position + 1, tokens.Count - 1)];

    internal int Line => Current.Line;

    internal Token Take()
    {
        Token token = tokens[_position];
        _position = Math.Min(_position + 1, tokens.Count - 1);
        return token;
    }

    internal bool SkipOperator(string text) => Skip(Current.IsOperator(text));

    internal bool SkipName(string text) => Skip(Current.IsName(text));

    internal Token ExpectOperator(string text) => Expect(Current.IsOperator(text), text);

    internal Token ExpectName(string text) => Expect(Current.IsName(text), text);

    internal Token ExpectAnyName() => Expect(Current.Kind == TokenKind.Name, "name");

    internal Token Expect(TokenKind kind) => Expect(Current.Kind == kind, new Token(kind, "", null, 0).Describe());

    private bool Skip(bool matches)
    {
        if (matches)
        {
            Take();
        }

        return matches;
    }

    private Token Expect(bool matches, string expected)
    {
        if (matches)
        {
            return Take();
        }

        throw ChatTemplateException.Syntax(
            Current.Kind == TokenKind.End
                ? $"unexpected end of template, expected '{expected}'."
                : $"expected token '{expected}', got '{Current.Describe()}'",
            Line);
    }
}
