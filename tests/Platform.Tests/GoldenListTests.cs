using LlmPlatform.Testing;

namespace LlmPlatform.Platform.Tests;

/// <summary>The list of golden cases that are not covered yet may only shrink.</summary>
public class GoldenListTests
{
    /// <summary>As many entries as the list had last: to be lowered with it, never raised.</summary>
    private const int MostEntries = 95;

    private static readonly string[] Entries =
    [
        .. File.ReadLines(Path.Combine(SharedData.RepositoryRoot, "tests", "golden-missing.txt")).Where(line => line.Length > 0 && line[0] != '#'),
    ];

    [Fact]
    public void The_list_does_not_grow() => Assert.InRange(Entries.Length, 0, MostEntries);

    [Fact]
    public void Every_entry_names_cases_and_the_missing_feature() =>
        Assert.All(Entries, entry =>
        {
            string[] parts = entry.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(2, parts.Length);
            Assert.Contains('/', parts[0]);
            Assert.DoesNotContain("*", parts[0].Split('/')[0]);
        });
}
