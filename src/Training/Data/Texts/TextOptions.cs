namespace LlmPlatform.Training.Data;

/// <summary>How texts become tokens.</summary>
public sealed record TextOptions
{
    /// <summary>Tokens of an example: at most for <see cref="TextForm.Lines"/>, exactly for <see cref="TextForm.Blocks"/>.</summary>
    public int MaxLength { get; init; } = 1024;

    /// <summary>What an example is.</summary>
    public required TextForm Form { get; init; }

    /// <summary>Whether every text gets the end-of-sequence token, so that a block shows where one ends; only for <see cref="TextForm.Blocks"/>.</summary>
    public bool AppendEos { get; init; } = true;
}

/// <summary>What an example of texts is.</summary>
public enum TextForm
{
    /// <summary>A row each, cut to its length between the tokenizer's special tokens (encoders).</summary>
    Lines,

    /// <summary>All texts one after the other, cut into blocks (causal language models).</summary>
    Blocks,
}
