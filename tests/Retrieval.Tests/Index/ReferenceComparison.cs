using LlmPlatform.Retrieval.Index;

namespace LlmPlatform.Retrieval.Tests.Index;

/// <summary>Compares answers with the reference's.</summary>
internal static class ReferenceComparison
{
    private const double Tolerance = 1e-6;

    /// <summary>What differs, or null.</summary>
    public static string? Difference(IndexAnswer expected, IndexAnswer actual) =>
        Difference("dense", expected.Dense, actual.Dense) ?? Difference("keyword", expected.Keyword, actual.Keyword);

    private static string? Difference(string side, IReadOnlyList<IndexHit> expected, IReadOnlyList<IndexHit> actual)
    {
        if (expected.Count != actual.Count)
        {
            return $"{side}: {actual.Count} hits, expected {expected.Count}";
        }

        for (int i = 0; i < expected.Count; i++)
        {
            if (Math.Abs(expected[i].Score - actual[i].Score) > Tolerance || expected[i] with { Score = 0 } != actual[i] with { Score = 0 })
            {
                return $"{side}, hit {i}: {actual[i]}, expected {expected[i]}";
            }
        }

        return null;
    }
}
