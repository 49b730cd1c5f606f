namespace LlmPlatform.Training.Data;

/// <summary>How rows of supervised fine-tuning become tokens; names and rules of TRL's SFTConfig.</summary>
public sealed record SftOptions
{
    /// <summary>Tokens of a row at most; null: no limit.</summary>
    public int? MaxLength { get; init; } = 1024;

    /// <summary>Which end of a row that is too long is kept.</summary>
    public TruncationMode TruncationMode { get; init; } = TruncationMode.KeepStart;

    /// <summary>Whether only completions are learnt; null: in rows of prompt and completion.</summary>
    public bool? CompletionOnlyLoss { get; init; }

    /// <summary>
    /// Whether only turns of the assistant are learnt; null: in rows of <c>messages</c>, as OpenAI has it (TRL's own default
    /// is never).
    /// </summary>
    public bool? AssistantOnlyLoss { get; init; }

    /// <summary>How rows share a sequence of <see cref="MaxLength"/>; null: each has its own.</summary>
    public PackingStrategy? Packing { get; init; }
}

/// <summary>Which end of a sequence that is too long is kept.</summary>
public enum TruncationMode
{
    /// <summary>The beginning.</summary>
    KeepStart,

    /// <summary>The end.</summary>
    KeepEnd,
}

/// <summary>How sequences are put together.</summary>
public enum PackingStrategy
{
    /// <summary>The longest first, each into the fullest row that has room (https://arxiv.org/abs/2404.10830); what is too long is cut off.</summary>
    Bfd,

    /// <summary>As <see cref="Bfd"/>, but what is too long is cut into pieces.</summary>
    BfdSplit,

    /// <summary>One after the other, cut wherever a row is full; borders are not kept.</summary>
    Wrapped,
}
