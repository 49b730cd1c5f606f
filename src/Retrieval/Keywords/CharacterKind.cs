namespace LlmPlatform.Retrieval.Keywords;

/// <summary>How a character is made into terms.</summary>
internal enum CharacterKind : byte
{
    /// <summary>It parts words.</summary>
    None,

    /// <summary>A letter or digit of a script that writes words: the whole run is a term.</summary>
    Word,

    /// <summary>Of a script without reliable word borders (Hangul, Chinese, kana, Thai): neighbouring pairs are terms.</summary>
    Pair,
}
