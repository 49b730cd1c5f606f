using System.Text;

namespace LlmPlatform.TrainingService.Workers;

/// <summary>The end of what a process said.</summary>
internal sealed class LastWords(int maxLength)
{
    private readonly StringBuilder _text = new();
    private readonly Lock _lock = new();

    public void Add(ReadOnlySpan<char> text)
    {
        lock (_lock)
        {
            _text.Append(text.Length > maxLength ? text[^maxLength..] : text);
            if (_text.Length > maxLength)
            {
                _text.Remove(0, _text.Length - maxLength);
            }
        }
    }

    public override string ToString()
    {
        lock (_lock)
        {
            return _text.ToString().Trim();
        }
    }
}
