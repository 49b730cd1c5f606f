using LlmPlatform.Tokenization.ChatTemplates.Jinja.Syntax;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;

/// <summary>The variable <c>self</c>: the template's named blocks as functions.</summary>
internal sealed class BlockTable(IReadOnlyDictionary<string, Block> blocks) : ITyped, IHasAttributes
{
    public string TypeName => "TemplateReference";

    public bool TryGetAttribute(string name, out object? value)
    {
        bool found = blocks.TryGetValue(name, out Block? block);
        value = found ? new FunctionValue(name, (interpreter, _) => interpreter.RenderBlock(block!)) : null;
        return found;
    }
}
