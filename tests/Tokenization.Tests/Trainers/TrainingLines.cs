using LlmPlatform.Testing;
using LlmPlatform.Tokenization.Trainers;

namespace LlmPlatform.Tokenization.Tests.Trainers;

/// <summary>Korean and English lines to train on and to encode: the repository's own texts, and others mixed of their words.</summary>
internal static class TrainingLines
{
    /// <summary>All lines of the guide and the README files, each once.</summary>
    public static IReadOnlyList<string> OfRepository { get; } = Read();

    /// <summary>Lines that are not those of the repository but have its words, in another order.</summary>
    public static string[] Mixed(int count, int seed)
    {
        string[] words = [.. OfRepository.SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => string.Join(' ', random.GetItems(words, random.Next(1, 15))))];
    }

    private static string[] Read()
    {
        string root = SharedData.RepositoryRoot;
        string[] files =
        [
            .. Directory.GetFiles(Path.Combine(root, "docs", "guide"), "*.md", SearchOption.AllDirectories).Order(StringComparer.Ordinal),
            Path.Combine(root, "README.md"),
        ];
        return [.. TrainingTexts.LinesOf(files).Select(line => line.TrimEnd('\n', '\r')).Where(line => line.Length > 0).Distinct(StringComparer.Ordinal)];
    }
}
