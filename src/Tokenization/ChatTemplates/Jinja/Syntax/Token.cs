namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Syntax;

/// <summary>A piece of a template. <see cref="Text"/> is a name, an operator, or the text of data; <see cref="Value"/> a literal's value.</summary>
internal readonly record struct Token(TokenKind Kind, string Text, object? Value, int Line)
{
    internal bool IsOperator(string text) => Kind == TokenKind.Operator && Text == text;

    internal bool IsName(string text) => Kind == TokenKind.Name && Text == text;

    internal string Describe() => Kind switch
    {
        TokenKind.Data => "template data / text",
        TokenKind.VariableBegin => "begin of print statement",
        TokenKind.VariableEnd => "end of print statement",
        TokenKind.BlockBegin => "begin of statement block",
        TokenKind.BlockEnd => "end of statement block",
        TokenKind.String => "string",
        TokenKind.Integer => "integer",
        TokenKind.Float => "float",
        TokenKind.End => "end of template",
        _ => Text,
    };
}
