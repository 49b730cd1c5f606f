using LlmPlatform.Tokenization.ChatTemplates.Jinja.Builtins;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Syntax;

/// <summary>
/// Parses expressions, loosest operator first: inline if, or, and, not, comparisons, + and -, ~, * / // %, **,
/// signs, then attributes, calls, filters and tests. All binary operators group from the left, ** too.
/// </summary>
internal sealed class ExpressionParser(TokenStream stream, ParseScope scope)
{
    private const int MaxDepth = 400;

    private int _depth;

    internal Expression ParseExpression(bool withConditional = true)
    {
        if (++_depth > MaxDepth)
        {
            throw ChatTemplateException.Syntax($"expressions are nested more than {MaxDepth} deep", stream.Line);
        }

        StackGuard.Check();
        Expression expression = withConditional ? ParseConditional() : ParseOr();
        _depth--;
        return expression;
    }

    /// <summary>An expression, or several with commas between, which make a tuple.</summary>
    internal Expression ParseTuple(bool withConditional = true, string? endName = null, bool inParentheses = false)
    {
        List<Expression> items = [];
        bool isTuple = false;
        while (true)
        {
            if (items.Count > 0)
            {
                stream.ExpectOperator(",");
            }

            if (IsTupleEnd(endName))
            {
                break;
            }

            items.Add(ParseExpression(withConditional));
            if (!stream.Current.IsOperator(","))
            {
                break;
            }

            isTuple = true;
        }

        if (isTuple)
        {
            return new TupleLiteral(items);
        }

        if (items.Count > 0)
        {
            return items[0];
        }

        return inParentheses
            ? new TupleLiteral([])
            : throw ChatTemplateException.Syntax($"Expected an expression, got '{stream.Current.Describe()}'", stream.Line);
    }

    internal bool IsTupleEnd(string? endName) =>
        stream.Current.Kind is TokenKind.VariableEnd or TokenKind.BlockEnd
        || stream.Current.IsOperator(")")
        || (endName is not null && stream.Current.IsName(endName));

    private Expression ParseConditional()
    {
        int line = stream.Line;
        int mark = scope.UnknownBuiltins;
        Expression value = ParseOr();
        while (stream.SkipName("if"))
        {
            Expression test = ParseOr();
            Expression? otherwise = null;
            if (stream.SkipName("else"))
            {
                StackGuard.Check();
                otherwise = ParseConditional();
            }

            value = new Conditional(test, value, otherwise, line);
            scope.ForgiveUnknownBuiltins(mark);
            line = stream.Line;
        }

        return value;
    }

    private Expression ParseOr()
    {
        Expression left = ParseAnd();
        while (stream.SkipName("or"))
        {
            left = new Or(left, ParseAnd());
        }

        return left;
    }

    private Expression ParseAnd()
    {
        Expression left = ParseNot();
        while (stream.SkipName("and"))
        {
            left = new And(left, ParseNot());
        }

        return left;
    }

    private Expression ParseNot()
    {
        if (!stream.SkipName("not"))
        {
            return ParseCompare();
        }

        StackGuard.Check();
        return new Not(ParseNot());
    }

    private Expression ParseCompare()
    {
        Expression first = ParseSum();
        List<(string, Expression)> rest = [];
        while (true)
        {
            Token token = stream.Current;
            if (token.Kind == TokenKind.Operator && token.Text is "==" or "!=" or "<" or "<=" or ">" or ">=")
            {
                stream.Take();
                rest.Add((token.Text, ParseSum()));
            }
            else if (stream.SkipName("in"))
            {
                rest.Add(("in", ParseSum()));
            }
            else if (token.IsName("not") && stream.Next.IsName("in"))
            {
                stream.Take();
                stream.Take();
                rest.Add(("not in", ParseSum()));
            }
            else
            {
                return rest.Count == 0 ? first : new Compare(first, rest);
            }
        }
    }

    private Expression ParseSum()
    {
        Expression left = ParseConcat();
        while (stream.Current.IsOperator("+") || stream.Current.IsOperator("-"))
        {
            left = new Binary(stream.Take().Text, left, ParseConcat());
        }

        return left;
    }

    private Expression ParseConcat()
    {
        Expression first = ParseProduct();
        if (!stream.Current.IsOperator("~"))
        {
            return first;
        }

        List<Expression> parts = [first];
        while (stream.SkipOperator("~"))
        {
            parts.Add(ParseProduct());
        }

        return new Concat(parts);
    }

    private Expression ParseProduct()
    {
        Expression left = ParsePower();
        while (stream.Current.Kind == TokenKind.Operator && stream.Current.Text is "*" or "/" or "//" or "%")
        {
            left = new Binary(stream.Take().Text, left, ParsePower());
        }

        return left;
    }

    private Expression ParsePower()
    {
        Expression left = ParseUnary(withFilter: true);
        while (stream.SkipOperator("**"))
        {
            left = new Binary("**", left, ParseUnary(withFilter: true));
        }

        return left;
    }

    private Expression ParseUnary(bool withFilter)
    {
        StackGuard.Check();
        Expression node;
        if (stream.SkipOperator("-"))
        {
            node = new Negate(ParseUnary(withFilter: false));
        }
        else if (stream.SkipOperator("+"))
        {
            node = new Plus(ParseUnary(withFilter: false));
        }
        else
        {
            node = ParsePrimary();
        }

        node = ParsePostfix(node);
        return withFilter ? ParseFilters(node) : node;
    }

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

    private Expression ParseFilters(Expression node)
    {
        while (true)
        {
            if (stream.SkipOperator("|"))
            {
                node = ParseFilter(node);
            }
            else if (stream.SkipName("is"))
            {
                node = ParseTest(node);
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

    /// <summary>A filter's name and arguments, after the bar.</summary>
    internal FilterCall ParseFilter(Expression? target)
    {
        int line = stream.Line;
        string name = ParseDottedName();
        Builtin? filter = FilterTable.Find(name);
        if (filter is null)
        {
            scope.AddUnknownBuiltin($"No filter named '{name}'.", line);
        }

        return new FilterCall(target, name, filter, stream.Current.IsOperator("(") ? ParseCallArguments() : CallArguments.None);
    }

    private Expression ParseTest(Expression target)
    {
        bool negated = stream.SkipName("not");
        int line = stream.Line;
        string name = ParseDottedName();
        Builtin? test = TestTable.Find(name);
        if (test is null)
        {
            scope.AddUnknownBuiltin($"No test named '{name}'.", line);
        }

        TestCall call = new(target, name, test, ParseTestArguments());
        return negated ? new Not(call) : call;
    }

    // One argument may do without parentheses: "x is divisibleby 3".
    private CallArguments ParseTestArguments()
    {
        Token token = stream.Current;
        if (token.IsOperator("("))
        {
            return ParseCallArguments();
        }

        bool startsArgument = token.Kind is TokenKind.Name or TokenKind.String or TokenKind.Integer or TokenKind.Float
            || token.IsOperator("[") || token.IsOperator("{");
        if (!startsArgument || token.IsName("else") || token.IsName("or") || token.IsName("and"))
        {
            return CallArguments.None;
        }

        if (token.IsName("is"))
        {
            throw ChatTemplateException.Syntax("You cannot chain multiple tests with is", token.Line);
        }

        return CallArguments.None with { Positional = [ParsePostfix(ParsePrimary())] };
    }

    private string ParseDottedName()
    {
        string name = stream.ExpectAnyName().Text;
        while (stream.SkipOperator("."))
        {
            name += "." + stream.ExpectAnyName().Text;
        }

        return name;
    }

    private CallArguments ParseCallArguments()
    {
        int line = stream.ExpectOperator("(").Line;
        List<Expression> positional = [];
        List<(string Name, Expression Value)> keywords = [];
        Expression? morePositional = null;
        Expression? moreKeywords = null;

        void Ensure(bool inOrder)
        {
            if (!inOrder)
            {
                throw ChatTemplateException.Syntax("invalid syntax for function call expression", line);
            }
        }

        bool isFirst = true;
        while (!stream.Current.IsOperator(")"))
        {
            if (!isFirst)
            {
                stream.ExpectOperator(",");
                if (stream.Current.IsOperator(")"))
                {
                    break;
                }
            }

            isFirst = false;
            if (stream.SkipOperator("*"))
            {
                Ensure(morePositional is null && moreKeywords is null);
                morePositional = ParseExpression();
            }
            else if (stream.SkipOperator("**"))
            {
                Ensure(moreKeywords is null);
                moreKeywords = ParseExpression();
            }
            else if (stream.Current.Kind == TokenKind.Name && stream.Next.IsOperator("="))
            {
                Ensure(moreKeywords is null);
                string name = stream.Take().Text;
                stream.Take();
                Ensure(!keywords.Exists(keyword => keyword.Name == name));
                keywords.Add((name, ParseExpression()));
            }
            else
            {
                Ensure(morePositional is null && moreKeywords is null && keywords.Count == 0);
                positional.Add(ParseExpression());
            }
        }

        stream.ExpectOperator(")");
        return new CallArguments(positional, keywords, morePositional, moreKeywords);
    }
}
