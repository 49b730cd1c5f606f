namespace LlmPlatform.Inference.Encoders;

/// <summary>How texts are embedded.</summary>
public sealed record EmbedOptions
{
    /// <summary>
    /// The name of one of the model's prompts, to be put in front of each text. Null for the model's default, if it has
    /// one; empty for none.
    /// </summary>
    public string? PromptName { get; init; }

    /// <summary>A text to put in front of each, instead of one of the model's prompts.</summary>
    public string? Prompt { get; init; }

    /// <summary>Only the first so many dimensions (Kusupati et al. 2022); null for all.</summary>
    public int? Dimensions { get; init; }

    /// <summary>
    /// Whether the result is brought to length 1 at the end, after it was cut. Null: if the model's own vectors have length 1.
    /// False leaves what the model gives.
    /// </summary>
    public bool? Normalize { get; init; }

    /// <summary>Whether a text that is too long loses its end; else it is an error.</summary>
    public bool Truncate { get; init; } = true;
}
