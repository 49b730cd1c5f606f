namespace LlmPlatform.Training.Data;

/// <summary>How pairs of answers become tokens; names and rules of TRL's DPOConfig.</summary>
public sealed record PreferenceOptions
{
    /// <summary>Tokens of prompt and answer at most; null: no limit.</summary>
    public int? MaxLength { get; init; } = 1024;

    /// <summary>
    /// Which end of a sequence that is too long is kept. With <see cref="TruncationMode.KeepStart"/> a row whose prompt alone
    /// fills the sequence is dropped.
    /// </summary>
    public TruncationMode TruncationMode { get; init; } = TruncationMode.KeepStart;
}
