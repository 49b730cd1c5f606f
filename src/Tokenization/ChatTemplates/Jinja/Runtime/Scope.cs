namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;

/// <summary>
/// Variables of a part of the template. What is set here is seen from the parts inside, and is gone afterwards.
/// </summary>
internal sealed class Scope(Scope? outer = null)
{
    private readonly Dictionary<string, object?> _variables = new(StringComparer.Ordinal);

    internal void Set(string name, object? value) => _variables[name] = value;

    internal bool TryGet(string name, out object? value)
    {
        for (Scope? scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope._variables.TryGetValue(name, out value))
            {
                return true;
            }
        }

        value = null;
        return false;
    }

    private Scope? Outer => outer;
}
