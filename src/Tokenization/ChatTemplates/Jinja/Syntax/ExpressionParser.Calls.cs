using LlmPlatform.Tokenization.ChatTemplates.Jinja.Builtins;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Syntax;

// Filters, tests and the arguments of calls.
internal sealed partial class ExpressionParser
{
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
