namespace LlmPlatform.Hub.Versions;

/// <summary>Which files of a folder belong to the model.</summary>
public static class ModelFiles
{
    private const int MaxFiles = 10_000;
    private const int MaxDepth = 8;

    // Weights in formats that are never read, some of which can run code, and what tools leave behind.
    private static readonly string[] IgnoredExtensions =
    [
        ".bin", ".pt", ".pth", ".ckpt", ".pkl", ".h5", ".msgpack", ".onnx", ".onnx_data", ".ot", ".tflite", ".mlmodel", ".pb",
        ".incomplete", ".lock", ".tmp", ".pyc",
    ];

    private static readonly string[] IgnoredNames = ["__pycache__", "Thumbs.db", "desktop.ini"];

    /// <summary>
    /// Whether a file counts: not hidden (no part begins with a dot, so neither <c>.git</c> nor <c>.cache</c>), no weights
    /// in a format that is never read (pickles, ONNX, TensorFlow ...), nothing that tools leave behind.
    /// </summary>
    /// <param name="relativePath">Below the folder, parts joined by <c>/</c>.</param>
    public static bool Belongs(string relativePath)
    {
        ArgumentNullException.ThrowIfNull(relativePath);
        return !relativePath.Split('/').Any(part => part.StartsWith('.') || IgnoredNames.Contains(part, StringComparer.OrdinalIgnoreCase))
            && !IgnoredExtensions.Contains(Path.GetExtension(relativePath), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>
    /// The files that belong to the model in a folder, sorted by path (ordinal). Links to files count as files (the cache
    /// of Hugging Face is made of them), links to folders are not followed.
    /// </summary>
    /// <exception cref="InvalidModelFileException">A name that not every system can hold, or two that differ only in case; too many files.</exception>
    public static IReadOnlyList<string> List(string folder)
    {
        List<string> files = [];
        Collect(folder, "", 0, files);
        files.Sort(StringComparer.Ordinal);
        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        foreach (string file in files)
        {
            if (!names.Add(file))
            {
                throw new InvalidModelFileException(folder, "file name", file, "names that differ in more than case");
            }
        }

        return files;
    }

    private static void Collect(string folder, string relative, int depth, List<string> files)
    {
        foreach (FileSystemInfo entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            string path = relative.Length == 0 ? entry.Name : $"{relative}/{entry.Name}";
            if (!Belongs(path))
            {
                continue;
            }

            if (!RelativePaths.IsPortable(path))
            {
                throw new InvalidModelFileException(folder, "file name", path, "a name that is legal on every system");
            }

            if (entry is FileInfo)
            {
                files.Add(files.Count < MaxFiles ? path : throw new InvalidModelFileException(folder, "files", null, $"at most {MaxFiles} files"));
            }
            else if (entry.LinkTarget is null)
            {
                if (depth == MaxDepth)
                {
                    throw new InvalidModelFileException(folder, "folders", path, $"at most {MaxDepth} levels");
                }

                Collect(entry.FullName, path, depth + 1, files);
            }
        }
    }
}
