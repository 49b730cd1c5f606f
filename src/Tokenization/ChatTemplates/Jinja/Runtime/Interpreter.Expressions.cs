using LlmPlatform.Tokenization.ChatTemplates.Jinja.Builtins;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Syntax;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;

internal sealed partial class Interpreter
{
    // Python's own limit lies near 200 calls of macros.
    private const int MaxCallDepth = 200;

    private int _callDepth;

    /// <summary>Calls a value.</summary>
    internal object? Call(object? callee, Arguments arguments)
    {
        RenderBudget.Spend(1);
        return callee switch
        {
            ICallable callable => callable.Call(this, arguments),
            Undefined undefined => throw undefined.Error(),
            _ => throw ChatTemplateException.Type($"'{TypeNames.Of(callee)}' object is not callable"),
        };
    }

    internal object? EvaluateIn(Scope scope, Expression expression)
    {
        Scope outer = _scope;
        _scope = scope;
        object? value = Evaluate(expression);
        _scope = outer;
        return value;
    }

    private void EnterCall()
    {
        if (++_callDepth > MaxCallDepth)
        {
            throw ChatTemplateException.Recursion();
        }

        StackGuard.Check();
    }

    private object? Evaluate(Expression expression)
    {
        RenderBudget.Spend(1);
        StackGuard.Check();
        switch (expression)
        {
            case Constant constant:
                return constant.Value;
            case Name name:
                return _scope.TryGet(name.Identifier, out object? value) ? value : Undefined.Variable(name.Identifier);
            case GetAttribute attribute:
                return Attributes.Get(Evaluate(attribute.Target), attribute.Attribute);
            case GetItem item:
                return Attributes.GetItem(Evaluate(item.Target), Evaluate(item.Key));
            case GetSlice slice:
                return EvaluateSlice(slice);
            case Call call:
                return EvaluateCall(call, caller: null);
            case FilterCall filter:
                return EvaluateFilter(filter, Evaluate(filter.Target!));
            case TestCall test:
                return EvaluateTest(test);
            case Binary binary:
                return Operators.Apply(binary.Operator, Evaluate(binary.Left), Evaluate(binary.Right));
            case Concat concat:
                return EvaluateConcat(concat);
            case Compare compare:
                return EvaluateCompare(compare);
            case And and:
                object? left = Evaluate(and.Left);
                return Truth.Of(left) ? Evaluate(and.Right) : left;
            case Or or:
                object? first = Evaluate(or.Left);
                return Truth.Of(first) ? first : Evaluate(or.Right);
            case Not not:
                return !Truth.Of(Evaluate(not.Operand));
            case Conditional conditional:
                return EvaluateConditional(conditional);
            case Negate negate:
                return Operators.Negate(Evaluate(negate.Operand));
            case Plus plus:
                return Operators.Plus(Evaluate(plus.Operand));
            case ListLiteral list:
                return new ListValue([.. list.Items.Select(Evaluate)]);
            case TupleLiteral tuple:
                return new TupleValue([.. tuple.Items.Select(Evaluate)]);
            case DictLiteral dict:
                return DictValue.From(dict.Items.Select(item => KeyValuePair.Create(Evaluate(item.Key), Evaluate(item.Value))));
            default:
                throw ChatTemplateException.Type("a slice stands only alone between square brackets");
        }
    }

    private object? EvaluateConditional(Conditional conditional)
    {
        if (Truth.Of(Evaluate(conditional.Test)))
        {
            return Evaluate(conditional.Value);
        }

        return conditional.Otherwise is not null
            ? Evaluate(conditional.Otherwise)
            : new Undefined($"the inline if-expression on line {conditional.Line} evaluated to false and no else section was defined.");
    }

    private object? EvaluateSlice(GetSlice get)
    {
        object? target = Evaluate(get.Target);
        object? Part(Expression? part) => part is null ? null : Evaluate(part);
        return Attributes.GetSlice(target, Part(get.Slice.Start), Part(get.Slice.Stop), Part(get.Slice.Step));
    }

    private object EvaluateConcat(Concat concat)
    {
        List<object?> parts = [.. concat.Parts.Select(Evaluate)];
        if (_autoescape)
        {
            return new Markup(Join(parts.Select(part => Markup.Escape(part).Text)));
        }

        return Join(parts.Select(Printer.Str));
    }

    private static string Join(IEnumerable<string> parts)
    {
        OutputBuffer text = new();
        foreach (string part in parts)
        {
            text.Append(part);
        }

        return text.ToString();
    }

    // Each operand is evaluated once, and none after the first comparison that does not hold.
    private bool EvaluateCompare(Compare compare)
    {
        object? left = Evaluate(compare.First);
        foreach ((string symbol, Expression operand) in compare.Rest)
        {
            object? right = Evaluate(operand);
            bool holds = symbol switch
            {
                "==" => Equality.AreEqual(left, right),
                "!=" => !Equality.AreEqual(left, right),
                "in" => Iteration.Contains(right, left),
                "not in" => !Iteration.Contains(right, left),
                _ => Ordering.Compare(symbol, left, right),
            };
            if (!holds)
            {
                return false;
            }

            left = right;
        }

        return true;
    }

    private object? EvaluateCall(Call call, MacroValue? caller)
    {
        object? callee = Evaluate(call.Callee);
        Arguments arguments = EvaluateArguments(call.Arguments);
        return Call(callee, caller is null ? arguments : arguments.With("caller", caller));
    }

    private object? EvaluateFilter(FilterCall filter, object? target)
    {
        Builtin builtin = filter.Filter ?? throw ChatTemplateException.Runtime($"No filter named '{filter.Name}' found.");
        return builtin.Invoke(this, target, EvaluateArguments(filter.Arguments));
    }

    // The innermost filter of the chain has no target of its own: it takes the block's text.
    private object? EvaluateFilterBlock(Expression chain, object? text, Scope scope)
    {
        FilterCall filter = (FilterCall)chain;
        object? target = filter.Target is null ? text : EvaluateFilterBlock(filter.Target, text, scope);
        Scope outer = _scope;
        _scope = scope;
        object? value = EvaluateFilter(filter, target);
        _scope = outer;
        return value;
    }

    private object? EvaluateTest(TestCall test)
    {
        object? target = Evaluate(test.Target);
        Builtin builtin = test.Test ?? throw ChatTemplateException.Runtime($"No test named '{test.Name}' found.");
        return builtin.Invoke(this, target, EvaluateArguments(test.Arguments));
    }

    private Arguments EvaluateArguments(CallArguments arguments)
    {
        if (ReferenceEquals(arguments, CallArguments.None))
        {
            return Arguments.None;
        }

        List<object?> positional = [.. arguments.Positional.Select(Evaluate)];
        if (arguments.MorePositional is not null)
        {
            positional.AddRange(Iteration.ToList(Evaluate(arguments.MorePositional)));
        }

        List<KeyValuePair<string, object?>> keywords =
            [.. arguments.Keywords.Select(keyword => KeyValuePair.Create(keyword.Name, Evaluate(keyword.Value)))];
        if (arguments.MoreKeywords is not null)
        {
            AddKeywords(keywords, Evaluate(arguments.MoreKeywords));
        }

        return new Arguments(positional, keywords);
    }

    private static void AddKeywords(List<KeyValuePair<string, object?>> keywords, object? more)
    {
        if (more is not DictValue dict)
        {
            throw ChatTemplateException.Type($"argument after ** must be a mapping, not {TypeNames.Of(more)}");
        }

        foreach ((object? key, object? value) in dict.Items)
        {
            string name = key as string ?? throw ChatTemplateException.Type("keywords must be strings");
            keywords.Add(keywords.Exists(keyword => keyword.Key == name)
                ? throw ChatTemplateException.Type($"got multiple values for keyword argument '{ErrorText.Cut(name)}'")
                : KeyValuePair.Create(name, value));
        }
    }
}
