namespace LlmPlatform.Training.Data;

/// <summary>How far two lists or texts are the same.</summary>
internal static class Prefixes
{
    /// <summary>TRL's <c>common_prefix_length</c>: how many ids two lists begin with in common.</summary>
    public static int Common(ReadOnlySpan<int> first, ReadOnlySpan<int> second) => first.CommonPrefixLength(second);

    /// <summary>How many UTF-16 units two texts begin with in common, whole characters only.</summary>
    public static int Common(string first, string second)
    {
        int length = first.AsSpan().CommonPrefixLength(second);
        return length > 0 && char.IsHighSurrogate(first[length - 1]) ? length - 1 : length;
    }
}
