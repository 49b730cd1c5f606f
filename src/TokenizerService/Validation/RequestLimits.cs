namespace LlmPlatform.TokenizerService.Validation;

/// <summary>What one call may ask for.</summary>
internal static class RequestLimits
{
    public const int MaxTexts = 1024;

    /// <summary>UTF-16 code units of all texts together.</summary>
    public const int MaxCharacters = 1 << 20;

    public const int MaxIds = 1 << 19;

    public const int MaxPageSize = 1000;
}
