namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

/// <summary>A value with attributes that are its own and not its type's.</summary>
internal interface IHasAttributes
{
    bool TryGetAttribute(string name, out object? value);
}
