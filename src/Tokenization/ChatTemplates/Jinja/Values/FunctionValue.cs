using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

/// <summary>A function, or a method bound to its value.</summary>
internal sealed class FunctionValue(string name, Func<Interpreter, Arguments, object?> body) : ICallable, ITyped, IHasAttributes
{
    public string TypeName => "function";

    /// <summary>A method of a value.</summary>
    internal static FunctionValue Method(object? target, Builtin method) =>
        new(method.Name, (interpreter, arguments) => method.Invoke(interpreter, target, arguments));

    /// <summary>A function that may have attributes, such as <c>dict.fromkeys</c>.</summary>
    internal IReadOnlyDictionary<string, Builtin> Attributes { get; init; } = new Dictionary<string, Builtin>();

    public object? Call(Interpreter interpreter, Arguments arguments) => body(interpreter, arguments);

    public bool TryGetAttribute(string name, out object? value)
    {
        bool found = Attributes.TryGetValue(name, out Builtin? builtin);
        value = found ? new FunctionValue(name, (interpreter, arguments) => builtin!.Invoke(interpreter, arguments)) : null;
        return found;
    }

    public override string ToString() => $"<function {name}>";
}
