using System.Text.Json;
using LlmPlatform.Testing;

namespace LlmPlatform.Tokenization.Tests.Golden;

/// <summary>Enumerates golden files, runs their lines and reports all differences at once.</summary>
internal static class GoldenCases
{
    private const int MaxReported = 10;

    private static readonly string[] Root = ["golden", "tokenizers"];

    /// <summary>The names of the files in a folder that match a pattern; one null where the material is missing.</summary>
    public static IEnumerable<string?> Files(string folder, string pattern) => Enumerate(folder, path => Directory.GetFiles(path, pattern));

    /// <summary>The names of the folders in a folder; one null where the material is missing.</summary>
    public static IEnumerable<string?> Folders(string folder) => Enumerate(folder, Directory.GetDirectories);

    public static string PathOf(params string[] parts) => SharedData.Require([.. Root, .. parts]);

    public static JsonElement Json(params string[] parts) => JsonDocument.Parse(File.ReadAllBytes(PathOf(parts))).RootElement;

    /// <summary>
    /// Runs a test over each line of a file; the test returns null when all is well, else what differs. The file is
    /// skipped where golden-missing.txt says so.
    /// </summary>
    public static void RunLines(string folder, string? file, Func<JsonElement, string?> test)
    {
        if (file is null)
        {
            SharedData.Require(Root);
            return;
        }

        string caseId = $"tokenizers/{folder}/{file}";
        string[] lines = File.ReadAllLines(PathOf([.. folder.Split('/'), file]));
        if (GoldenCoverage.MissingFeature(caseId) is string missing)
        {
            GoldenCoverage.Count($"tokenizers/{folder}", skipped: true, lines.Length);
            Assert.Skip($"{caseId}: {missing}");
        }

        var failures = new List<string>();
        for (int i = 0; i < lines.Length; i++)
        {
            using JsonDocument line = JsonDocument.Parse(lines[i]);
            string? difference = RunOne(test, line.RootElement);
            if (difference is not null)
            {
                failures.Add($"line {i + 1}: {difference}");
            }
        }

        GoldenCoverage.Count($"tokenizers/{folder}", skipped: false, lines.Length);
        Assert.NotEmpty(lines);
        Assert.True(
            failures.Count == 0,
            $"{failures.Count} of {lines.Length} cases differ:\n{string.Join('\n', failures.Take(MaxReported))}");
    }

    /// <summary>Null when the action throws one of the library's exceptions, as the reference did.</summary>
    public static string? ExpectError(Func<object> action)
    {
        try
        {
            return $"expected an error, got {JsonSerializer.Serialize(action())}";
        }
        catch (Exception error) when (error is TokenizationException or InvalidTokenizerException)
        {
            return null;
        }
    }

    private static string? RunOne(Func<JsonElement, string?> test, JsonElement line)
    {
        try
        {
            return test(line);
        }
        catch (Exception error) when (error is not Xunit.Sdk.XunitException)
        {
            return $"{line.GetRawText()[..Math.Min(200, line.GetRawText().Length)]}: {error}";
        }
    }

    private static IEnumerable<string?> Enumerate(string folder, Func<string, string[]> list)
    {
        string? path = SharedData.TryFind([.. Root, .. folder.Split('/')]);
        return path is null ? [null] : list(path).Select(Path.GetFileName).Order(StringComparer.Ordinal);
    }
}
