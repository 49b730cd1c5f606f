namespace LlmPlatform.Training.Data;

/// <summary>Texts one after the other, cut into blocks of one length; what is left at the end is dropped.</summary>
internal sealed class TextBlocks
{
    private readonly int _length;
    private readonly Action<TextExample> _add;
    private readonly int[] _block;
    private int _filled;

    public TextBlocks(int length, Action<TextExample> add)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        _length = length;
        _add = add;
        _block = new int[length];
    }

    /// <summary>Tokens behind the last whole block.</summary>
    public ReadOnlySpan<int> Rest => _block.AsSpan(0, _filled);

    /// <summary>The blocks of texts (<c>group_texts</c> of transformers' examples).</summary>
    public static List<TextExample> Group(IEnumerable<int[]> texts, int length)
    {
        List<TextExample> examples = [];
        TextBlocks blocks = new(length, examples.Add);
        foreach (int[] text in texts)
        {
            blocks.Append(text);
        }

        return examples;
    }

    /// <summary>Appends a text and hands out the blocks that it fills.</summary>
    public void Append(ReadOnlySpan<int> text)
    {
        while (text.Length > 0)
        {
            int taken = Math.Min(text.Length, _length - _filled);
            text[..taken].CopyTo(_block.AsSpan(_filled));
            text = text[taken..];
            _filled += taken;
            if (_filled == _length)
            {
                _add(new TextExample([.. _block]));
                _filled = 0;
            }
        }
    }
}
