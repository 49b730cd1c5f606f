using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Syntax;

/// <summary>Parses a template's statements.</summary>
internal sealed class Parser
{
    private const int MaxDepth = 200;

    private readonly TokenStream _stream;
    private readonly ParseScope _scope = new();
    private readonly ExpressionParser _expressions;
    private readonly TargetParser _targets;
    private readonly Dictionary<string, Block> _blocks = new(StringComparer.Ordinal);
    private readonly Stack<string> _openTags = [];

    private Parser(List<Token> tokens)
    {
        _stream = new TokenStream(tokens);
        _expressions = new ExpressionParser(_stream, _scope);
        _targets = new TargetParser(_stream, _scope);
    }

    /// <exception cref="ChatTemplateException">The text is no valid template.</exception>
    internal static Template Parse(string source)
    {
        Parser parser = new(Lexer.Tokenize(source));
        return new Template(parser.ParseBody([]), parser._blocks);
    }

    // Statements up to one of the end tags, whose opening is taken and whose name is not.
    private List<Statement> ParseBody(string[] endTags)
    {
        List<Statement> body = [];
        while (true)
        {
            Token token = _stream.Current;
            switch (token.Kind)
            {
                case TokenKind.End when endTags.Length == 0:
                    return body;
                case TokenKind.End:
                    throw ChatTemplateException.Syntax($"Unexpected end of template.{Looking(endTags)}", token.Line);
                case TokenKind.Data:
                    _stream.Take();
                    body.Add(new Data(token.Text, token.Line));
                    break;
                case TokenKind.VariableBegin:
                    _stream.Take();
                    body.Add(new Print(_expressions.ParseTuple(), token.Line));
                    _stream.Expect(TokenKind.VariableEnd);
                    break;
                default:
                    _stream.Expect(TokenKind.BlockBegin);
                    if (_stream.Current.Kind == TokenKind.Name && endTags.Contains(_stream.Current.Text))
                    {
                        return body;
                    }

                    body.AddRange(ParseStatement(endTags));
                    _stream.Expect(TokenKind.BlockEnd);
                    break;
            }

            _scope.CheckUnknownBuiltins();
        }
    }

    private string Looking(string[] endTags) =>
        (endTags.Length == 0 ? "" : $" Jinja was looking for the following tags: '{string.Join("' or '", endTags)}'.")
        + (_openTags.Count == 0 ? "" : $" The innermost block that needs to be closed is '{_openTags.Peek()}'.");

    private List<Statement> ParseStatement(string[] endTags)
    {
        Token tag = _stream.Current;
        if (tag.Kind != TokenKind.Name)
        {
            throw ChatTemplateException.Syntax("tag name expected", tag.Line);
        }

        if (_openTags.Count >= MaxDepth)
        {
            throw ChatTemplateException.Syntax($"tags are nested more than {MaxDepth} deep", tag.Line);
        }

        StackGuard.Check();
        _stream.Take();
        if (tag.Text == "print")
        {
            return ParsePrint(tag.Line);
        }

        _openTags.Push(tag.Text);
        Statement statement = tag.Text switch
        {
            "if" => ParseIf(tag.Line),
            "for" => ParseFor(tag.Line),
            "set" => ParseSet(tag.Line),
            "macro" => ParseMacro(tag.Line),
            "call" => ParseCallBlock(tag.Line),
            "filter" => ParseFilterBlock(tag.Line),
            "with" => ParseWith(tag.Line),
            "generation" => new Generation(ParseMacroCode([], "endgeneration", tag.Line), tag.Line),
            "autoescape" => new Autoescape(_expressions.ParseExpression(), ParseInner("endautoescape"), tag.Line),
            "block" => ParseBlock(tag.Line),
            "break" => InLoop(new Break(tag.Line)),
            "continue" => InLoop(new Continue(tag.Line)),
            "include" or "extends" or "import" or "from" => ParseOtherTemplate(tag),
            _ => throw UnknownTag(tag, endTags),
        };
        _openTags.Pop();
        return [statement];
    }

    private ChatTemplateException UnknownTag(Token tag, string[] endTags)
    {
        _openTags.Pop();
        return ChatTemplateException.Syntax($"Encountered unknown tag '{tag.Text}'.{Looking(endTags)}", tag.Line);
    }

    private List<Statement> ParsePrint(int line)
    {
        List<Statement> prints = [];
        while (_stream.Current.Kind != TokenKind.BlockEnd)
        {
            if (prints.Count > 0)
            {
                _stream.ExpectOperator(",");
            }

            prints.Add(new Print(_expressions.ParseExpression(), line));
        }

        return prints;
    }

    // The body of a tag up to its end tag, whose name is taken.
    private List<Statement> ParseInner(string endTag)
    {
        List<Statement> body = ParseInnerUntil(endTag);
        _stream.Take();
        return body;
    }

    private List<Statement> ParseInnerUntil(params string[] endTags)
    {
        _scope.CheckUnknownBuiltins();
        bool wasConditional = _scope.IsConditional;
        _scope.IsConditional = false;
        List<Statement> body = ParseSameScope(endTags);
        _scope.IsConditional = wasConditional;
        return body;
    }

    private List<Statement> ParseSameScope(params string[] endTags)
    {
        _stream.SkipOperator(":");
        _stream.Expect(TokenKind.BlockEnd);
        return ParseBody(endTags);
    }

    private If ParseIf(int line)
    {
        bool wasConditional = _scope.IsConditional;
        _scope.CheckUnknownBuiltins();
        _scope.IsConditional = true;
        List<(Expression, IReadOnlyList<Statement>)> branches = [];
        List<Statement> otherwise = [];
        while (true)
        {
            Expression test = _expressions.ParseTuple(withConditional: false);
            branches.Add((test, ParseSameScope("elif", "else", "endif")));
            string next = _stream.Take().Text;
            if (next == "else")
            {
                otherwise = ParseSameScope("endif");
                _stream.Take();
            }

            if (next != "elif")
            {
                break;
            }
        }

        _scope.CheckUnknownBuiltins();
        _scope.IsConditional = wasConditional;
        return new If(branches, otherwise, line);
    }

    private For ParseFor(int line)
    {
        _scope.LoopDepth++;
        Target target = _targets.Parse(endName: "in");
        _stream.ExpectName("in");
        Expression items = _expressions.ParseTuple(withConditional: false, endName: "recursive");
        Expression? filter = _stream.SkipName("if") ? _expressions.ParseExpression() : null;
        bool isRecursive = _stream.SkipName("recursive");

        bool wasInLoop = _scope.IsInLoop;
        _scope.IsInLoop = true;
        List<Statement> body = ParseInnerUntil("endfor", "else");

        // A recursive loop is called like a macro, and no loop reaches into its else.
        _scope.IsInLoop = wasInLoop && !isRecursive;
        List<Statement> otherwise = _stream.Take().Text == "else" ? ParseInner("endfor") : [];
        _scope.IsInLoop = wasInLoop;
        _scope.LoopDepth--;
        return new For(target, items, filter, isRecursive, body, otherwise, line);
    }

    private Statement InLoop(Statement statement) => _scope.IsInLoop
        ? statement
        : throw ChatTemplateException.Syntax($"'{_openTags.Peek()}' outside loop", statement.Line);

    private Statement ParseSet(int line)
    {
        Target target = _targets.Parse(withNamespace: true);
        if (_stream.SkipOperator("="))
        {
            return new Set(target, _expressions.ParseTuple(), line);
        }

        Expression? filter = ParseMoreFilters(null);
        return new SetBlock(target, filter, ParseInner("endset"), line);
    }

    private FilterBlock ParseFilterBlock(int line)
    {
        Expression filter = ParseMoreFilters(_expressions.ParseFilter(null))!;
        return new FilterBlock(filter, ParseInner("endfilter"), line);
    }

    private Expression? ParseMoreFilters(Expression? filter)
    {
        while (_stream.SkipOperator("|"))
        {
            filter = _expressions.ParseFilter(filter);
        }

        return filter;
    }

    private With ParseWith(int line)
    {
        List<(Target, Expression)> variables = [];
        while (_stream.Current.Kind != TokenKind.BlockEnd)
        {
            if (variables.Count > 0)
            {
                _stream.ExpectOperator(",");
            }

            Target target = _targets.Parse();
            _stream.ExpectOperator("=");
            variables.Add((target, _expressions.ParseExpression()));
        }

        return new With(variables, ParseInner("endwith"), line);
    }

    private Macro ParseMacro(int line)
    {
        string name = _targets.ParseName();
        return new Macro(name, ParseMacroCode(ParseParameters(), "endmacro", line), line);
    }

    private CallBlock ParseCallBlock(int line)
    {
        List<(string, Expression?)> parameters = _stream.Current.IsOperator("(") ? ParseParameters() : [];
        if (_expressions.ParseExpression() is not Call call)
        {
            throw ChatTemplateException.Syntax("expected call", line);
        }

        return new CallBlock(call, ParseMacroCode(parameters, "endcall", line), line);
    }

    private List<(string Name, Expression? Default)> ParseParameters()
    {
        List<(string Name, Expression? Default)> parameters = [];
        _stream.ExpectOperator("(");
        while (!_stream.Current.IsOperator(")"))
        {
            if (parameters.Count > 0)
            {
                _stream.ExpectOperator(",");
            }

            int line = _stream.Line;
            string name = _targets.ParseName();
            if (parameters.Exists(parameter => parameter.Name == name))
            {
                throw ChatTemplateException.Syntax($"duplicate argument '{name}' in macro definition", line);
            }

            Expression? value = _stream.SkipOperator("=") ? _expressions.ParseExpression() : null;
            if (value is null && parameters.Count > 0 && parameters[^1].Default is not null)
            {
                throw ChatTemplateException.Syntax("non-default argument follows default argument", line);
            }

            parameters.Add((name, value));
        }

        _stream.ExpectOperator(")");
        return parameters;
    }

    private MacroCode ParseMacroCode(List<(string Name, Expression? Default)> parameters, string endTag, int line)
    {
        bool wasInLoop = _scope.IsInLoop;
        _scope.IsInLoop = false;
        _scope.EnterMacro();
        List<Statement> body = ParseInner(endTag);
        ParseScope.ImplicitNames names = _scope.LeaveMacro();
        _scope.IsInLoop = wasInLoop;

        if (names.UsesCaller && parameters.Exists(parameter => parameter is { Name: "caller", Default: null }))
        {
            throw ChatTemplateException.Syntax("the special \"caller\" argument must be omitted or be given a default", line);
        }

        bool Takes(string name) => parameters.Exists(parameter => parameter.Name == name);
        return new MacroCode(
            parameters,
            body,
            names.UsesCaller,
            names.UsesKwargs && !Takes("kwargs"),
            names.UsesVarargs && !Takes("varargs"));
    }

    private Block ParseBlock(int line)
    {
        string name = _stream.ExpectAnyName().Text;
        bool isScoped = _stream.SkipName("scoped");
        bool isRequired = _stream.SkipName("required");
        bool wasInLoop = _scope.IsInLoop;
        _scope.IsInLoop = false;
        List<Statement> body = ParseInner("endblock");
        _scope.IsInLoop = wasInLoop;
        _stream.SkipName(name);
        if (isRequired && body.Exists(statement => statement is not Data data || !Text.Whitespace.IsAll(data.Text)))
        {
            throw ChatTemplateException.Syntax("Required blocks can only contain comments or whitespace", line);
        }

        Block block = new(name, isScoped, isRequired, body, line);
        return _blocks.TryAdd(name, block)
            ? block
            : throw ChatTemplateException.Syntax($"block '{name}' defined twice", line);
    }

    // There are no other templates; the tag only has to be well formed.
    private OtherTemplate ParseOtherTemplate(Token tag)
    {
        OtherTemplate statement = new(_expressions.ParseExpression(), tag.Line);
        if (tag.Text == "import")
        {
            _stream.ExpectName("as");
            _targets.ParseName();
        }
        else if (tag.Text == "from")
        {
            ParseImportedNames();
        }
        else if (tag.Text == "include" && _stream.Current.IsName("ignore") && _stream.Next.IsName("missing"))
        {
            _stream.Take();
            _stream.Take();
        }

        SkipContextChoice();
        return statement;
    }

    private void ParseImportedNames()
    {
        _stream.ExpectName("import");
        do
        {
            if (SkipContextChoice())
            {
                return;
            }

            _targets.ParseName();
            if (_stream.SkipName("as"))
            {
                _targets.ParseName();
            }
        }
        while (_stream.SkipOperator(","));
    }

    private bool SkipContextChoice()
    {
        bool isChoice = (_stream.Current.IsName("with") || _stream.Current.IsName("without")) && _stream.Next.IsName("context");
        if (isChoice)
        {
            _stream.Take();
            _stream.Take();
        }

        return isChoice;
    }
}
