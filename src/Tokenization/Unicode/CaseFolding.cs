namespace LlmPlatform.Tokenization.Unicode;

/// <summary>Which characters differ only in case.</summary>
internal static class CaseFolding
{
    // Beyond this plane no script has case.
    private const int LastCased = 0x1FFFF;

    private static readonly Lazy<Dictionary<int, int[]>> Variants = new(FindVariants);

    /// <summary>Adds to a set the characters that differ from its members only in case.</summary>
    public static CodePointSet Close(CodePointSet set)
    {
        var added = new List<(int, int)>();
        foreach (int[] variants in Variants.Value.Values)
        {
            if (variants.Any(set.Contains))
            {
                added.AddRange(variants.Select(variant => (variant, variant)));
            }
        }

        return added.Count == 0 ? set : set.Union(CodePointSet.Of(added));
    }

    private static Dictionary<int, int[]> FindVariants() => Enumerable.Range(0, LastCased + 1)
        .GroupBy(CaseMapping.Fold)
        .Where(group => group.Skip(1).Any())
        .ToDictionary(group => group.Key, group => group.ToArray());
}
