namespace LlmPlatform.Tokenization.Trainers;

/// <summary>What a <c>tokenizer_config.json</c> says beside the special tokens' list; names as there.</summary>
public sealed record TokenizerConfig
{
    /// <summary>The token that begins a text; null: none.</summary>
    public string? BosToken { get; init; }

    /// <summary>The token that ends a text; null: none.</summary>
    public string? EosToken { get; init; }

    /// <summary>The token for unknown text; null: none.</summary>
    public string? UnkToken { get; init; }

    /// <summary>The token that fills up a batch; null: none.</summary>
    public string? PadToken { get; init; }

    /// <summary>The token that stands for a whole text; null: none.</summary>
    public string? ClsToken { get; init; }

    /// <summary>The token between two texts; null: none.</summary>
    public string? SepToken { get; init; }

    /// <summary>The token that hides a word; null: none.</summary>
    public string? MaskToken { get; init; }

    /// <summary>How many tokens the model reads; null: not said.</summary>
    public int? ModelMaxLength { get; init; }

    /// <summary>The chat template (Jinja); null: none.</summary>
    public string? ChatTemplate { get; init; }

    internal IEnumerable<(string Name, string Token)> Tokens()
    {
        (string, string?)[] all =
        [
            ("bos_token", BosToken),
            ("cls_token", ClsToken),
            ("eos_token", EosToken),
            ("mask_token", MaskToken),
            ("pad_token", PadToken),
            ("sep_token", SepToken),
            ("unk_token", UnkToken),
        ];
        return from entry in all where entry.Item2 is not null select (entry.Item1, entry.Item2!);
    }
}
