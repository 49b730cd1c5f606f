namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

/// <summary>The one value that templates can change: attributes set in a loop stay set after it.</summary>
internal sealed class NamespaceValue : ITyped, IHasAttributes
{
    private readonly DictValue _attributes = new();

    public string TypeName => "Namespace";

    internal DictValue Attributes => _attributes;

    internal void Set(object? name, object? value)
    {
        if (name is string text && text.StartsWith('_'))
        {
            throw ChatTemplateException.Security(
                "Chat templates cannot store underscore-prefixed attributes on a namespace, "
                + $"but got '{ErrorText.Cut(text)}'. Please rename the attribute.");
        }

        _attributes[name] = value;
    }

    public bool TryGetAttribute(string name, out object? value) => _attributes.TryGet(name, out value);
}
