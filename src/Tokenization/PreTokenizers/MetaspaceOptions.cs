namespace LlmPlatform.Tokenization.PreTokenizers;

/// <summary>Where the stand-in for a space is put before the text.</summary>
internal enum PrependScheme
{
    /// <summary>Before every stretch of text.</summary>
    Always,

    /// <summary>Only at the beginning of the input.</summary>
    First,

    /// <summary>Nowhere.</summary>
    Never,
}

/// <summary>The settings of Metaspace.</summary>
/// <param name="Replacement">The character that stands for a space.</param>
/// <param name="Scheme">Where it is put before the text.</param>
/// <param name="Splits">Whether every one of them begins a new piece.</param>
internal sealed record MetaspaceOptions(int Replacement, PrependScheme Scheme, bool Splits);
