namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;

/// <summary>A built-in filter, test, method or function; see <see cref="Signature"/> for how parameters are written.</summary>
internal sealed class Builtin(string signature, Func<Interpreter, object?[], object?> body)
{
    private readonly Signature _signature = Signature.Parse(signature);

    internal Builtin(string signature, Func<object?[], object?> body)
        : this(signature, (_, values) => body(values))
    {
    }

    internal string Name => _signature.Name;

    /// <summary>Makes a look-up table by name.</summary>
    internal static Dictionary<string, Builtin> Table(params IEnumerable<Builtin> builtins) =>
        builtins.ToDictionary(builtin => builtin.Name, StringComparer.Ordinal);

    internal object? Invoke(Interpreter interpreter, Arguments arguments) =>
        body(interpreter, _signature.Bind(arguments));

    /// <summary>With the value that is filtered, tested or has the method as the first argument.</summary>
    internal object? Invoke(Interpreter interpreter, object? target, Arguments arguments) =>
        body(interpreter, _signature.Bind(arguments, given: 1, target));
}
