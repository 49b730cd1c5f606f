namespace LlmPlatform.Tokenization.Tests.Golden;

/// <summary>Folders that no other test reads: each of their files needs a line in golden-missing.txt.</summary>
[Trait("Category", "Golden")]
public class NotCoveredGoldenTests
{
    public static TheoryData<string, string?> Files =>
    [
        .. from entry in new[] { ("sentencepiece", "*.jsonl"), ("tiktoken", "*.jsonl"), ("files", "*.json") }
           from file in GoldenCases.Files(entry.Item1, entry.Item2)
           select (entry.Item1, file),
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public void File_is_listed_as_missing(string folder, string? file) =>
        GoldenCases.RunLines(folder, file, _ => "no test reads this file, and golden-missing.txt does not list it");
}
