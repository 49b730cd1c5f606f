using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Syntax;

/// <summary>Parses a template's statements.</summary>
internal sealed partial class Parser
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
        return new Template(WithLocals(parser.ParseBody([]), parser._scope.Frame), parser._blocks);
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
    private List<Statement> ParseInner(string endTag, IEnumerable<string>? declared = null, bool isIsolated = false)
    {
        List<Statement> body = ParseInnerUntil(declared ?? [], isIsolated, endTag);
        _stream.Take();
        return body;
    }

    private List<Statement> ParseInnerUntil(IEnumerable<string> declared, bool isIsolated, params string[] endTags)
    {
        _scope.CheckUnknownBuiltins();
        bool wasConditional = _scope.IsConditional;
        _scope.IsConditional = false;
        _scope.EnterFrame(declared, isIsolated);
        List<Statement> body = ParseSameScope(endTags);
        FrameNames frame = _scope.LeaveFrame();
        _scope.IsConditional = wasConditional;
        return WithLocals(body, frame);
    }

    private static List<Statement> WithLocals(List<Statement> body, FrameNames frame) =>
        frame.HasCandidates ? [new Locals(frame), .. body] : body;

    private void Assigned(Target target)
    {
        foreach (string name in TargetParser.NamesOf(target))
        {
            _scope.Frame.Store(name);
        }
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
            _scope.Frame.Branches++;
            branches.Add((test, ParseSameScope("elif", "else", "endif")));
            string next = _stream.Take().Text;
            if (next == "else")
            {
                otherwise = ParseSameScope("endif");
                _stream.Take();
            }

            _scope.Frame.Branches--;

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
        string[] names = [.. TargetParser.NamesOf(target)];
        _scope.EnterFrame(names);
        Expression? filter = _stream.SkipName("if") ? _expressions.ParseExpression() : null;
        _scope.LeaveFrame();
        bool isRecursive = _stream.SkipName("recursive");

        bool wasInLoop = _scope.IsInLoop;
        _scope.IsInLoop = true;
        List<Statement> body = ParseInnerUntil([.. names, "loop"], isIsolated: false, "endfor", "else");

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
            Expression value = _expressions.ParseTuple();
            Assigned(target);
            return new Set(target, value, line);
        }

        Expression? filter = ParseMoreFilters(null);
        Assigned(target);
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
        List<(Target Target, Expression Value)> variables = [];
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

        IEnumerable<string> names = variables.SelectMany(variable => TargetParser.NamesOf(variable.Target));
        return new With(variables, ParseInner("endwith", names), line);
    }
}
