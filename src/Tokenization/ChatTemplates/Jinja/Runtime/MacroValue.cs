using LlmPlatform.Tokenization.ChatTemplates.Jinja.Syntax;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;

/// <summary>
/// A macro, or the body of a <c>{% call %}</c>, with the variables around its definition. Whether it escapes what it
/// prints is decided there, too.
/// </summary>
internal sealed class MacroValue(string? name, MacroCode code, Scope definition, bool autoescape) : ICallable, ITyped, IHasAttributes
{
    public string TypeName => "Macro";

    public object? Call(Interpreter interpreter, Arguments arguments)
    {
        Scope scope = new(definition);
        Dictionary<string, object?> keywords = new(StringComparer.Ordinal);
        foreach ((string keyword, object? value) in arguments.Keywords)
        {
            keywords[keyword] = value;
        }

        HashSet<string> missing = BindParameters(scope, arguments.Positional, keywords);
        BindImplicit(scope, arguments.Positional, keywords);
        SetDefaults(interpreter, scope, missing);
        return interpreter.RenderMacro(code.Body, scope, autoescape);
    }

    // Returns the parameters that nothing was given for.
    private HashSet<string> BindParameters(Scope scope, IReadOnlyList<object?> positional, Dictionary<string, object?> keywords)
    {
        HashSet<string> missing = [];
        for (int i = 0; i < code.Parameters.Count; i++)
        {
            string parameter = code.Parameters[i].Name;
            if (i < positional.Count)
            {
                scope.Set(parameter, positional[i]);
            }
            else if (keywords.Remove(parameter, out object? value))
            {
                scope.Set(parameter, value);
            }
            else
            {
                scope.Set(parameter, new Undefined($"parameter '{parameter}' was not provided"));
                missing.Add(parameter);
            }
        }

        return missing;
    }

    private void BindImplicit(Scope scope, IReadOnlyList<object?> positional, Dictionary<string, object?> keywords)
    {
        if (code.UsesCaller && !code.Parameters.Any(parameter => parameter.Name == "caller"))
        {
            scope.Set("caller", keywords.Remove("caller", out object? caller) && caller is not null
                ? caller
                : new Undefined("No caller defined"));
        }

        if (code.UsesKwargs)
        {
            scope.Set("kwargs", DictValue.From(
                keywords.Select(pair => KeyValuePair.Create<object?, object?>(pair.Key, pair.Value))));
        }
        else if (keywords.Count > 0)
        {
            throw ChatTemplateException.Type($"macro '{name}' takes no keyword argument '{ErrorText.Cut(keywords.Keys.First())}'");
        }

        if (code.UsesVarargs)
        {
            scope.Set("varargs", new TupleValue([.. positional.Skip(code.Parameters.Count)]));
        }
        else if (positional.Count > code.Parameters.Count)
        {
            throw ChatTemplateException.Type($"macro '{name}' takes not more than {code.Parameters.Count} argument(s)");
        }
    }

    // A default may use the parameters before it.
    private void SetDefaults(Interpreter interpreter, Scope scope, HashSet<string> missing)
    {
        foreach ((string parameter, Expression? value) in code.Parameters)
        {
            if (value is not null && missing.Contains(parameter))
            {
                scope.Set(parameter, interpreter.EvaluateIn(scope, value));
            }
        }
    }

    public bool TryGetAttribute(string attribute, out object? value)
    {
        value = attribute switch
        {
            "name" => name,
            "arguments" => new TupleValue([.. code.Parameters.Select(parameter => parameter.Name)]),
            "catch_kwargs" => code.UsesKwargs,
            "catch_varargs" => code.UsesVarargs,
            "caller" => code.UsesCaller,
            "explicit_caller" => code.Parameters.Any(parameter => parameter.Name == "caller"),
            _ => Signature.NotGiven,
        };
        return value != Signature.NotGiven;
    }

    public override string ToString() => name is null ? "<Macro anonymous>" : $"<Macro '{name}'>";
}
