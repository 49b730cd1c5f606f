namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

/// <summary>A value with a type name of its own, for printing and messages.</summary>
internal interface ITyped
{
    string TypeName { get; }
}
