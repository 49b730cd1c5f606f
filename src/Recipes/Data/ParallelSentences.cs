using LlmPlatform.Recipes.Running;

namespace LlmPlatform.Recipes.Data;

/// <summary>A text in two languages.</summary>
/// <param name="Korean">In Korean.</param>
/// <param name="English">In English.</param>
public sealed record Translation(string Korean, string English);

/// <summary>Sentences, paragraphs and headings of documentation in Korean and English: gzipped JSON Lines with <c>ko</c> and <c>en</c>.</summary>
public static class ParallelSentences
{
    /// <summary>The folder below the data folder.</summary>
    public const string Folder = "parallel";

    /// <summary>Where the data comes from.</summary>
    public const string Source =
        "https://github.com/python/python-docs-ko, https://github.com/tensorflow/docs-l10n, https://github.com/huggingface, "
        + "https://github.com/github/opensource.guide, https://github.com/cncf/glossary";

    /// <summary>Its licences.</summary>
    public const string License = "PSF-2.0, Apache-2.0, CC BY 4.0: by repository";

    /// <summary>The pairs, by file and in each file's order.</summary>
    /// <param name="dataFolder">The folder with all data sets.</param>
    /// <exception cref="RecipeException">The folder is missing or a line is wrong.</exception>
    public static IEnumerable<Translation> Read(string dataFolder) => GzippedRows.Read(
        dataFolder,
        Folder,
        Source,
        row => new Translation((row.GetProperty("ko").GetString() ?? "").Normalize().Trim(), (row.GetProperty("en").GetString() ?? "").Normalize().Trim()));
}
