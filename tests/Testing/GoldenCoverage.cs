using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace LlmPlatform.Testing;

/// <summary>
/// Which golden cases are not covered yet. <c>tests/golden-missing.txt</c> is the committed list: a line holds a pattern
/// of a case's id (<c>*</c> stands for anything) and, after white space, the missing feature. The list may only shrink.
/// </summary>
public static class GoldenCoverage
{
    private static readonly ConcurrentDictionary<string, (int Run, int Skipped)> Counts = new();

    private static readonly (Regex Pattern, string Feature)[] Missing = Load();

    static GoldenCoverage() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Print();

    /// <summary>
    /// Why the case is not covered yet, or null when it must run. <paramref name="caseId"/> is the case's path below
    /// <c>golden/</c>, with a line's or row's own id appended, for example <c>models/llama_mha</c>.
    /// </summary>
    public static string? MissingFeature(string caseId) =>
        Missing.FirstOrDefault(entry => entry.Pattern.IsMatch(caseId)).Feature;

    /// <summary>Counts a case for the summary that is printed per folder when the process ends.</summary>
    public static void Count(string folder, bool skipped, int cases = 1) => Counts.AddOrUpdate(
        folder,
        _ => skipped ? (0, cases) : (cases, 0),
        (_, old) => skipped ? (old.Run, old.Skipped + cases) : (old.Run + cases, old.Skipped));

    private static (Regex, string)[] Load()
    {
        string file = Path.Combine(SharedData.RepositoryRoot, "tests", "golden-missing.txt");
        return [.. File.ReadLines(file)
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries))
            .Select(parts => (new Regex("^" + Regex.Escape(parts[0]).Replace("\\*", ".*", StringComparison.Ordinal) + "$"), parts[1].Trim()))];
    }

    // Standard output may already be the runner's; test.sh names a file and prints it.
    private static void Print()
    {
        string? report = Environment.GetEnvironmentVariable("LLMPLATFORM_GOLDEN_REPORT");
        IEnumerable<string> lines = Counts.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => $"golden/{pair.Key}: {pair.Value.Run} run, {pair.Value.Skipped} skipped");
        if (string.IsNullOrEmpty(report))
        {
            foreach (string line in lines)
            {
                Console.WriteLine(line);
            }
        }
        else
        {
            File.AppendAllLines(report, lines);
        }
    }
}
