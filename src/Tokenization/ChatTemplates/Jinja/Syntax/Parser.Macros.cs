namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Syntax;

// Macros, calls, named blocks and tags for other templates.
internal sealed partial class Parser
{
    private Macro ParseMacro(int line)
    {
        string name = _targets.ParseName();
        _scope.Frame.Store(name);
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
        List<Statement> body = ParseInner(
            endTag, [.. parameters.Select(parameter => parameter.Name), "caller", "kwargs", "varargs"]);
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
        List<Statement> body = ParseInner("endblock", ["self", "super"], isIsolated: true);
        _scope.IsInLoop = wasInLoop;
        _stream.SkipName(name);
        if (isRequired && body.Exists(statement => statement is not Locals && (statement is not Data data || !Text.Whitespace.IsAll(data.Text))))
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
