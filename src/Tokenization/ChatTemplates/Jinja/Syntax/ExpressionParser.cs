using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Syntax;

/// <summary>
/// Parses expressions, loosest operator first: inline if, or, and, not, comparisons, + and -, ~, * / // %, **,
/// signs, then attributes, calls, filters and tests. All binary operators group from the left, ** too.
/// </summary>
internal sealed partial class ExpressionParser(TokenStream stream, ParseScope scope)
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
}
