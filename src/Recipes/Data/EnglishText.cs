using LlmPlatform.Recipes.Running;

namespace LlmPlatform.Recipes.Data;

/// <summary>English documentation and stories: gzipped JSON Lines with <c>source</c>, <c>path</c>, <c>title</c> and <c>text</c>.</summary>
public static class EnglishText
{
    /// <summary>The folder below the data folder.</summary>
    public const string Folder = "english-text";

    /// <summary>Where the data comes from.</summary>
    public const string Source =
        "the documentation of Hugging Face, TensorFlow, Electron and Kubeflow, the Cloud Native Glossary and the Open Source Guides "
        + "(https://github.com), stories of https://www.gutenberg.org";

    /// <summary>Its licences.</summary>
    public const string License = "CC BY 4.0, BSD-2-Clause, Apache-2.0, public domain: by repository";

    /// <summary>The documents, by file and in each file's order.</summary>
    /// <param name="dataFolder">The folder with all data sets.</param>
    /// <exception cref="RecipeException">The folder is missing or a line is wrong.</exception>
    public static IEnumerable<TextDocument> Read(string dataFolder) => TextDocuments.Read(dataFolder, Folder, Source);
}
