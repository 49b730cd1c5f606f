namespace LlmPlatform.Tokenization.AddedTokens;

/// <summary>A token that is found in the text as a whole, before the model sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its text.</param>
/// <param name="SingleWord">Only found where no word character touches it.</param>
/// <param name="LStrip">Takes the white space before it.</param>
/// <param name="RStrip">Takes the white space after it.</param>
/// <param name="Normalized">Found in the normalized text instead of the raw one.</param>
/// <param name="Special">Left out when special tokens are skipped.</param>
internal sealed record AddedToken(
    int Id,
    string Content,
    bool SingleWord = false,
    bool LStrip = false,
    bool RStrip = false,
    bool Normalized = true,
    bool Special = false);
