using LlmPlatform.Tokenization.ChatTemplates.Jinja.Builtins;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Syntax;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;

/// <summary>Renders a template once. Loops, assignments and expressions are in the other parts.</summary>
internal sealed partial class Interpreter
{
    private readonly Template _template;
    private readonly Scope _root;
    private readonly List<(int Start, int End)> _spans = [];
    private readonly OutputBuffer _rootOutput = new();
    private OutputBuffer _output;
    private Scope _scope;
    private bool _autoescape;

    private Interpreter(Template template, IReadOnlyDictionary<string, object?> variables, TimeProvider clock)
    {
        _template = template;
        Clock = clock;
        Scope globals = new();
        foreach ((string name, object? value) in Globals.All)
        {
            globals.Set(name, value);
        }

        // The caller's variables hide the functions; what the template sets at the top hides both.
        Scope context = new(globals);
        foreach ((string name, object? value) in variables)
        {
            context.Set(name, value);
        }

        _root = new Scope(context);
        _root.Set("self", new BlockTable(template.Blocks));
        _scope = _root;
        _output = _rootOutput;
    }

    /// <summary>How control goes on after a statement.</summary>
    private enum Flow
    {
        Next,
        Break,
        Continue,
    }

    internal TimeProvider Clock { get; }

    /// <summary>Whether what is printed is escaped for HTML.</summary>
    internal bool Autoescapes => _autoescape;

    /// <exception cref="ChatTemplateException">The template fails on these variables.</exception>
    internal static RenderResult Render(Template template, IReadOnlyDictionary<string, object?> variables, TimeProvider clock)
    {
        using RenderBudget.Use budget = RenderBudget.Begin();
        Interpreter interpreter = new(template, variables, clock);
        interpreter.Run(template.Body);
        return new RenderResult(interpreter._rootOutput.ToString(), interpreter._spans);
    }

    /// <summary>Renders a macro's body to a text.</summary>
    internal object RenderMacro(IReadOnlyList<Statement> body, Scope scope, bool autoescape)
    {
        EnterCall();
        bool outer = _autoescape;
        _autoescape = autoescape;
        _ = Capture(body, scope, out string text);
        _autoescape = outer;
        _callDepth--;
        return AsOutput(text);
    }

    /// <summary>Renders a named block, which sees the variables of the top level only.</summary>
    internal object RenderBlock(Block block) => RenderBlock(block, _root);

    private object RenderBlock(Block block, Scope outer) => RenderMacro(block.Body, new Scope(outer), autoescape: false);

    private object AsOutput(string text) => _autoescape ? new Markup(text) : text;

    private Flow Capture(IReadOnlyList<Statement> body, Scope scope, out string text)
    {
        OutputBuffer outer = _output;
        _output = new OutputBuffer();
        Flow flow = RunIn(scope, body);
        text = _output.ToString();
        _output = outer;
        return flow;
    }

    private Flow RunIn(Scope scope, IReadOnlyList<Statement> body)
    {
        Scope outer = _scope;
        _scope = scope;
        Flow flow = Run(body);
        _scope = outer;
        return flow;
    }

    private Flow Run(IReadOnlyList<Statement> body)
    {
        foreach (Statement statement in body)
        {
            RenderBudget.Spend(1);
            Flow flow;
            try
            {
                flow = Run(statement);
            }
            catch (ChatTemplateException e) when (e.Line == 0)
            {
                e.Line = statement.Line;
                throw;
            }

            if (flow != Flow.Next)
            {
                return flow;
            }
        }

        return Flow.Next;
    }

    private Flow Run(Statement statement)
    {
        switch (statement)
        {
            case Data data:
                _output.Append(data.Text);
                return Flow.Next;
            case Locals locals:
                foreach (string name in locals.Names)
                {
                    _scope.Set(name, Undefined.Variable(name));
                }

                return Flow.Next;
            case Print print:
                Emit(Evaluate(print.Value));
                return Flow.Next;
            case If branch:
                return RunIf(branch);
            case For loop:
                return RunFor(loop);
            case Set set:
                CheckNamespaces(set.Target);
                Assign(set.Target, Evaluate(set.Value));
                return Flow.Next;
            case SetBlock set:
                return RunSetBlock(set);
            case Macro macro:
                _scope.Set(macro.Name, new MacroValue(macro.Name, macro.Code, _scope, _autoescape));
                return Flow.Next;
            case CallBlock call:
                MacroValue caller = new(null, call.Code, _scope, _autoescape);
                Emit(EvaluateCall(call.Call, caller));
                return Flow.Next;
            case Generation generation:
                RunGeneration(generation);
                return Flow.Next;
            case FilterBlock filter:
                return RunFilterBlock(filter);
            case With with:
                return RunWith(with);
            case Autoescape escape:
                return RunAutoescape(escape);
            case Block block:
                _output.Append(Printer.Str(RenderBlock(block, block.IsScoped ? _scope : _root)));
                return Flow.Next;
            case Break:
                return Flow.Break;
            case Continue:
                return Flow.Continue;
            default:
                throw ChatTemplateException.Type("no loader for this environment specified: there are no other templates");
        }
    }

    private void Emit(object? value) => _output.Append(_autoescape ? Markup.Escape(value).Text : Printer.Str(value));

    private Flow RunIf(If branch)
    {
        foreach ((Expression test, IReadOnlyList<Statement> body) in branch.Branches)
        {
            if (Truth.Of(Evaluate(test)))
            {
                return Run(body);
            }
        }

        return Run(branch.Otherwise);
    }

    private Flow RunSetBlock(SetBlock set)
    {
        Scope scope = new(_scope);
        Flow flow = Capture(set.Body, scope, out string text);
        if (flow != Flow.Next)
        {
            // A loop is left from within: what was captured is dropped.
            return flow;
        }

        object? value = AsOutput(text);
        Assign(set.Target, set.Filter is null ? value : AsOutput(Printer.Str(EvaluateFilterBlock(set.Filter, value, scope))));
        return Flow.Next;
    }

    private Flow RunFilterBlock(FilterBlock filter)
    {
        Scope scope = new(_scope);
        Flow flow = Capture(filter.Body, scope, out string text);
        if (flow == Flow.Next)
        {
            Emit(EvaluateFilterBlock(filter.Filter, AsOutput(text), scope));
        }

        return flow;
    }

    private void RunGeneration(Generation generation)
    {
        int start = _rootOutput.Length;
        object? rendered = new MacroValue(null, generation.Code, _scope, _autoescape).Call(this, Arguments.None);
        string text = Printer.Str(rendered);
        _spans.Add((start, start + text.Length));
        _output.Append(text);
    }

    private Flow RunWith(With with)
    {
        Scope inner = new(_scope);
        foreach ((Target target, Expression expression) in with.Variables)
        {
            object? value = Evaluate(expression);
            Scope outer = _scope;
            _scope = inner;
            Assign(target, value);
            _scope = outer;
        }

        return RunIn(inner, with.Body);
    }

    private Flow RunAutoescape(Autoescape escape)
    {
        bool outer = _autoescape;
        _autoescape = Truth.Of(Evaluate(escape.Enabled));
        Flow flow = RunIn(new Scope(_scope), escape.Body);
        _autoescape = outer;
        return flow;
    }
}
