using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

/// <summary>A value that can be called: a function, a method bound to its value, a macro, a recursive loop.</summary>
internal interface ICallable
{
    object? Call(Interpreter interpreter, Arguments arguments);
}
