using Xunit;

namespace LlmPlatform.Testing;

/// <summary>Finds the reference material: <c>LLMPLATFORM_SHARED</c>, else <c>../shared</c> beside the repository.</summary>
public static class SharedData
{
    /// <summary>The folder, or null where there is none.</summary>
    public static string? Root { get; } = Find();

    /// <summary>The repository's root folder (the one with LlmPlatform.sln).</summary>
    public static string RepositoryRoot { get; } = FindRepositoryRoot();

    /// <summary>
    /// The path of a file or folder in the reference material. The calling test is skipped, with the reason printed,
    /// where it is not to be had.
    /// </summary>
    public static string Require(params string[] parts)
    {
        if (Root is null)
        {
            Assert.Skip("reference material not found: set LLMPLATFORM_SHARED or put it at ../shared");
        }

        string path = Path.Combine([Root!, .. parts]);
        if (!File.Exists(path) && !Directory.Exists(path))
        {
            Assert.Skip($"reference material has no {Path.Combine(parts)}");
        }

        return path;
    }

    /// <summary>As <see cref="Require"/>, but null instead of a skip; for enumerating theory data.</summary>
    public static string? TryFind(params string[] parts)
    {
        if (Root is null)
        {
            return null;
        }

        string path = Path.Combine([Root, .. parts]);
        return File.Exists(path) || Directory.Exists(path) ? path : null;
    }

    private static string? Find()
    {
        string? configured = Environment.GetEnvironmentVariable("LLMPLATFORM_SHARED");
        string folder = string.IsNullOrEmpty(configured) ? Path.Combine(FindRepositoryRoot(), "..", "shared") : configured;
        return Directory.Exists(folder) ? Path.GetFullPath(folder) : null;
    }

    private static string FindRepositoryRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "LlmPlatform.sln")))
            {
                return folder.FullName;
            }
        }

        string? configured = Environment.GetEnvironmentVariable("LLMPLATFORM_ROOT");
        return configured ?? Directory.GetCurrentDirectory();
    }
}
