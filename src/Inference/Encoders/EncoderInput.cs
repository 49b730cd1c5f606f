namespace LlmPlatform.Inference.Encoders;

/// <summary>One input of a <see cref="SentenceEncoder"/>: a text, or the ids of one.</summary>
public readonly record struct EncoderInput
{
    private EncoderInput(string? text, int[]? ids) => (Text, Ids) = (text, ids);

    internal string? Text { get; }

    internal int[]? Ids { get; }

    /// <summary>A text; a prompt is put in front of it.</summary>
    public static EncoderInput FromText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new EncoderInput(text, null);
    }

    /// <summary>Ids of the model's own tokenizer, without special tokens; no prompt is put before them.</summary>
    public static EncoderInput FromIds(int[] ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return new EncoderInput(null, ids);
    }
}
