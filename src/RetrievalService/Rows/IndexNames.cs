using System.Globalization;

namespace LlmPlatform.RetrievalService.Rows;

/// <summary>How collections are called in the index: <c>COLLECTION-REVISION</c>, since rebuilt vectors go into a new one.</summary>
internal static class IndexNames
{
    public static string Of(string collectionId, long indexRevision) =>
        string.Create(CultureInfo.InvariantCulture, $"{collectionId}-{indexRevision}");

    /// <summary>The collection and the index revision of a name; null for names that are not ours.</summary>
    public static (string CollectionId, long IndexRevision)? Parse(string name)
    {
        int hyphen = name.LastIndexOf('-');
        return hyphen > 0 && long.TryParse(name.AsSpan(hyphen + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long revision)
            ? (name[..hyphen], revision)
            : null;
    }
}
