using System.Text.Json;
using LlmPlatform.Testing;

namespace LlmPlatform.Retrieval.Tests.Evaluation;

/// <summary>Reads the files of golden/retrieval, counts their cases and reports all differences at once.</summary>
internal static class RetrievalGolden
{
    private const int MostReported = 10;

    public static JsonElement Json(params string[] parts) =>
        JsonDocument.Parse(File.ReadAllBytes(SharedData.Require(["golden", "retrieval", .. parts]))).RootElement;

    public static double[] Doubles(this JsonElement array) =>
        [.. array.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Null ? double.NaN : item.GetDouble())];

    public static string[] Strings(this JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetString()!)];

    /// <summary>Whether two numbers are equal up to a relative error; anything is where the reference has no value (0/0).</summary>
    public static bool IsNear(double expected, double actual, double tolerance = 1e-9) => double.IsNaN(expected)
        || Math.Abs(expected - actual) <= tolerance * Math.Max(Math.Abs(expected), tolerance);

    /// <summary>Counts the cases of a file and fails when any of them differs.</summary>
    public static void Report(string file, int cases, IReadOnlyCollection<string> failures)
    {
        GoldenCoverage.Count($"retrieval/{file}", skipped: false, cases);
        Assert.True(cases > 0, $"{file} holds no case");
        Assert.True(
            failures.Count == 0,
            $"{failures.Count} of {cases} differ:\n{string.Join('\n', failures.Take(MostReported))}");
    }
}
