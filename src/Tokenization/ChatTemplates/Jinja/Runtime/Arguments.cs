namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;

/// <summary>The arguments of a call, evaluated.</summary>
internal sealed class Arguments
{
    internal static readonly Arguments None = new([], []);

    internal Arguments(IReadOnlyList<object?> positional, IReadOnlyList<KeyValuePair<string, object?>> keywords)
    {
        Positional = positional;
        Keywords = keywords;
    }

    internal IReadOnlyList<object?> Positional { get; }

    internal IReadOnlyList<KeyValuePair<string, object?>> Keywords { get; }

    internal static Arguments Of(params IReadOnlyList<object?> positional) => new(positional, []);

    /// <summary>Without the first positional arguments.</summary>
    internal Arguments Skip(int count) => new([.. Positional.Skip(count)], Keywords);

    internal Arguments With(string name, object? value) => new(Positional, [.. Keywords, KeyValuePair.Create(name, value)]);
}
