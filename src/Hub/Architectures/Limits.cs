namespace LlmPlatform.Hub.Architectures;

/// <summary>What no model exceeds: a configuration beyond it is damaged, and its products would overflow.</summary>
internal static class Limits
{
    public const int Width = 1 << 20;
    public const int Heads = 1 << 14;
    public const int Layers = 1 << 12;
    public const int Vocabulary = 1 << 24;
}
