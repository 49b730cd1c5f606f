using System.Text;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;

/// <summary>Text that is being rendered, of bounded size.</summary>
internal sealed class OutputBuffer
{
    private readonly StringBuilder _text = new();

    internal int Length => _text.Length;

    internal void Append(string text)
    {
        RenderBudget.Length((long)_text.Length + text.Length);
        _text.Append(RenderBudget.Text(text));
    }

    public override string ToString() => _text.ToString();
}
