namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Syntax;

// Names, literals, attributes and items.
internal sealed partial class ExpressionParser
{
    private Expression ParsePrimary()
    {
        Token token = stream.Current;
        switch (token.Kind)
        {
            case TokenKind.Name:
                stream.Take();
                return NameOrConstant(token.Text);
            case TokenKind.String:
                return ParseStrings();
            case TokenKind.Integer or TokenKind.Float:
                stream.Take();
                return new Constant(token.Value);
            case TokenKind.Operator when token.Text == "(":
                stream.Take();
                Expression inner = ParseTuple(inParentheses: true);
                stream.ExpectOperator(")");
                return inner;
            case TokenKind.Operator when token.Text == "[":
                return ParseList();
            case TokenKind.Operator when token.Text == "{":
                return ParseDict();
            default:
                throw ChatTemplateException.Syntax($"unexpected '{token.Describe()}'", token.Line);
        }
    }

    private Expression NameOrConstant(string name)
    {
        switch (name)
        {
            case "true" or "True":
                return new Constant(true);
            case "false" or "False":
                return new Constant(false);
            case "none" or "None":
                return new Constant(null);
            default:
                scope.Load(name);
                return new Name(name);
        }
    }

    // Strings that follow each other are one.
    private Constant ParseStrings()
    {
        string text = (string)stream.Take().Value!;
        while (stream.Current.Kind == TokenKind.String)
        {
            text += (string)stream.Take().Value!;
        }

        return new Constant(text);
    }

    private ListLiteral ParseList()
    {
        stream.ExpectOperator("[");
        List<Expression> items = [];
        while (!stream.Current.IsOperator("]"))
        {
            if (items.Count > 0)
            {
                stream.ExpectOperator(",");
                if (stream.Current.IsOperator("]"))
                {
                    break;
                }
            }

            items.Add(ParseExpression());
        }

        stream.ExpectOperator("]");
        return new ListLiteral(items);
    }

    private DictLiteral ParseDict()
    {
        stream.ExpectOperator("{");
        List<(Expression, Expression)> items = [];
        while (!stream.Current.IsOperator("}"))
        {
            if (items.Count > 0)
            {
                stream.ExpectOperator(",");
                if (stream.Current.IsOperator("}"))
                {
                    break;
                }
            }

            Expression key = ParseExpression();
            stream.ExpectOperator(":");
            items.Add((key, ParseExpression()));
        }

        stream.ExpectOperator("}");
        return new DictLiteral(items);
    }

    // Attributes, items and calls.
    private Expression ParsePostfix(Expression node)
    {
        while (true)
        {
            if (stream.SkipOperator("."))
            {
                Token name = stream.Take();
                node = name.Kind switch
                {
                    TokenKind.Name => new GetAttribute(node, name.Text),
                    TokenKind.Integer => new GetItem(node, new Constant(name.Value)),
                    _ => throw ChatTemplateException.Syntax("expected name or number", name.Line),
                };
            }
            else if (stream.SkipOperator("["))
            {
                node = ParseSubscript(node);
            }
            else if (stream.Current.IsOperator("("))
            {
                node = new Call(node, ParseCallArguments());
            }
            else
            {
                return node;
            }
        }
    }

    private Expression ParseSubscript(Expression node)
    {
        List<Expression> keys = [];
        while (!stream.Current.IsOperator("]"))
        {
            if (keys.Count > 0)
            {
                stream.ExpectOperator(",");
            }

            keys.Add(ParseKeyOrSlice());
        }

        stream.ExpectOperator("]");
        return keys switch
        {
            [Slice slice] => new GetSlice(node, slice),
            [Expression key] => new GetItem(node, key),
            _ => new GetItem(node, new TupleLiteral(keys)),
        };
    }

    private Expression ParseKeyOrSlice()
    {
        Expression? start = null;
        if (!stream.Current.IsOperator(":"))
        {
            start = ParseExpression();
            if (!stream.Current.IsOperator(":"))
            {
                return start;
            }
        }

        stream.ExpectOperator(":");
        Expression? stop = IsSliceEnd() || stream.Current.IsOperator(":") ? null : ParseExpression();
        Expression? step = stream.SkipOperator(":") && !IsSliceEnd() ? ParseExpression() : null;
        return new Slice(start, stop, step);
    }

    private bool IsSliceEnd() => stream.Current.IsOperator("]") || stream.Current.IsOperator(",");
}
