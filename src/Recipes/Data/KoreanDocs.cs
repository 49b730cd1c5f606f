using LlmPlatform.Recipes.Running;

namespace LlmPlatform.Recipes.Data;

/// <summary>Korean technical documentation: gzipped JSON Lines with <c>source</c>, <c>path</c>, <c>title</c> and <c>text</c>.</summary>
public static class KoreanDocs
{
    /// <summary>The folder below the data folder.</summary>
    public const string Folder = "korean-docs";

    /// <summary>Where the data comes from.</summary>
    public const string Source =
        "the Korean documentation of .NET, Visual Studio, PowerShell and Azure (https://github.com/MicrosoftDocs), Python, PyTorch, "
        + "TensorFlow, Hugging Face, React, Vue, Vite, TypeScript, Rust and Fastify, the Cloud Native Glossary and the Open Source Guides";

    /// <summary>Its licences.</summary>
    public const string License = "CC BY 4.0, MIT, BSD-3-Clause, Apache-2.0, PSF-2.0, public domain: by repository";

    /// <summary>The documents, by file and in each file's order.</summary>
    /// <param name="dataFolder">The folder with all data sets.</param>
    /// <exception cref="RecipeException">The folder is missing or a line is wrong.</exception>
    public static IEnumerable<TextDocument> Read(string dataFolder) => TextDocuments.Read(dataFolder, Folder, Source);
}
