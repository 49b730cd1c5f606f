using LlmPlatform.Cli.Connection;

namespace LlmPlatform.Cli.Commands.Documents;

/// <summary>A file on this machine that is to be ingested.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Name">What it is known by in the collection: the path below the folder that was named, with slashes.</param>
/// <param name="Length">Its size in bytes.</param>
internal sealed record LocalDocument(string Path, string Name, long Length);

/// <summary>Turns the paths of a command line into files.</summary>
internal static class LocalDocuments
{
    private const int LongestName = 255;

    // Files that are named are taken whatever they are; in folders, those that the platform reads.
    private static readonly HashSet<string> Extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".txt", ".text", ".log", ".rst", ".md", ".markdown", ".mdx", ".mkd", ".html", ".htm", ".xhtml", ".csv", ".tsv", ".tab",
        ".json", ".jsonl", ".ndjson", ".pdf", ".docx", ".pptx", ".xlsx",
    };

    // Links are not followed: a folder cannot contain itself, nor what lies elsewhere.
    private static readonly EnumerationOptions Recursive = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System | FileAttributes.ReparsePoint,
        IgnoreInaccessible = false,
    };

    /// <returns>The files, each name once, and how many of the folders were left out for their kind.</returns>
    /// <exception cref="CommandException">A path is neither file nor folder, or there is nothing to ingest.</exception>
    public static (IReadOnlyList<LocalDocument> Files, int LeftOut) Find(IEnumerable<string> paths)
    {
        Dictionary<string, LocalDocument> files = new(StringComparer.Ordinal);
        int leftOut = 0;
        foreach (string path in paths)
        {
            if (File.Exists(path))
            {
                Add(files, path, Path.GetFileName(path));
            }
            else if (Directory.Exists(path))
            {
                foreach (string file in Directory.EnumerateFiles(path, "*", Recursive).Order(StringComparer.Ordinal))
                {
                    if (Extensions.Contains(Path.GetExtension(file)))
                    {
                        Add(files, file, Path.GetRelativePath(path, file).Replace(Path.DirectorySeparatorChar, '/'));
                    }
                    else
                    {
                        leftOut++;
                    }
                }
            }
            else
            {
                throw new CommandException($"path: '{path}' is neither a file nor a folder");
            }
        }

        return files.Count > 0
            ? ([.. files.Values], leftOut)
            : throw new CommandException($"path: nothing to ingest in {string.Join(", ", paths)}; in folders, files ending in {string.Join(' ', Extensions.Order())} are taken");
    }

    private static void Add(Dictionary<string, LocalDocument> files, string path, string name)
    {
        if (name.Length > LongestName)
        {
            throw new CommandException($"path: '{path}' has a name of {name.Length} characters below the folder; expected at most {LongestName}");
        }

        string full = Path.GetFullPath(path);
        if (!files.TryAdd(name, new LocalDocument(full, name, new FileInfo(full).Length)) && files[name].Path != full)
        {
            throw new CommandException($"path: '{files[name].Path}' and '{full}' would both be '{name}' in the collection; ingest them in two steps, or a folder that holds both");
        }
    }
}
