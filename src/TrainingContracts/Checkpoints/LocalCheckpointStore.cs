using System.Globalization;

namespace LlmPlatform.TrainingContracts.Checkpoints;

/// <summary>Checkpoints in a folder of this machine: <c>{root}/{job}/{epoch}/step-{step}</c>.</summary>
/// <param name="root">Made when the first job needs it.</param>
public sealed class LocalCheckpointStore(string root) : ICheckpointStore
{
    private const string Prefix = "step-";
    private const string UnfinishedSuffix = ".incomplete";

    /// <summary>The name of a whole checkpoint's folder.</summary>
    public static string NameOf(long step) => Prefix + step.ToString("D8", CultureInfo.InvariantCulture);

    /// <summary>
    /// Writes a checkpoint: into a folder beside its place, which gets its name when all of it is on the disk. One that is
    /// there already is replaced.
    /// </summary>
    /// <param name="folder">The folder of this claim, see <see cref="Folder"/>.</param>
    /// <param name="step">The last step it holds.</param>
    /// <param name="write">Writes the files; each must be flushed to the disk.</param>
    /// <returns>The checkpoint.</returns>
    /// <exception cref="IOException">The disk is full or cannot be written; nothing is left behind.</exception>
    public static StoredCheckpoint Write(string folder, long step, Action<string> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        string path = Path.Combine(folder, NameOf(step));
        string unfinished = path + UnfinishedSuffix;
        DeleteFolder(unfinished);
        Directory.CreateDirectory(unfinished);
        try
        {
            write(unfinished);
            DirectoryFlush.Flush(unfinished);
            DeleteFolder(path);
            Directory.Move(unfinished, path);
            DirectoryFlush.Flush(folder);
        }
        catch
        {
            DeleteFolder(unfinished);
            throw;
        }

        return new StoredCheckpoint(path, EpochOf(folder), step, SizeOf(path));
    }

    /// <summary>Removes all but the newest checkpoints of one claim's folder.</summary>
    public static void PruneFolder(string folder, int keep)
    {
        foreach (StoredCheckpoint old in ListFolder(folder).OrderByDescending(checkpoint => checkpoint.Step).Skip(Math.Max(1, keep)))
        {
            DeleteFolder(old.Path);
        }
    }

    /// <inheritdoc/>
    public string Folder(string jobId, long epoch)
    {
        string job = JobFolder(jobId);
        string folder = Directory.CreateDirectory(Path.Combine(job, epoch.ToString(CultureInfo.InvariantCulture))).FullName;
        DirectoryFlush.Flush(job);
        DirectoryFlush.Flush(root);
        return folder;
    }

    /// <inheritdoc/>
    public IReadOnlyList<StoredCheckpoint> List(string jobId) =>
    [
        .. EpochFolders(jobId).SelectMany(ListFolder)
            .OrderByDescending(checkpoint => checkpoint.Step).ThenByDescending(checkpoint => checkpoint.Epoch),
    ];

    /// <inheritdoc/>
    public void Prune(string jobId, int keep)
    {
        string[] folders = [.. EpochFolders(jobId).OrderBy(EpochOf)];
        foreach (string unfinished in folders.SkipLast(1).SelectMany(folder => Directory.EnumerateDirectories(folder, "*" + UnfinishedSuffix)))
        {
            DeleteFolder(unfinished);
        }

        foreach (StoredCheckpoint old in List(jobId).Skip(Math.Max(1, keep)))
        {
            DeleteFolder(old.Path);
        }

        foreach (string empty in folders.SkipLast(1).Where(folder => !Directory.EnumerateFileSystemEntries(folder).Any()))
        {
            DeleteFolder(empty);
        }
    }

    /// <inheritdoc/>
    public void Delete(StoredCheckpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        DeleteFolder(checkpoint.Path);
    }

    /// <inheritdoc/>
    public void Delete(string jobId) => DeleteFolder(JobFolder(jobId));

    private static IEnumerable<StoredCheckpoint> ListFolder(string folder)
    {
        foreach (string path in Directory.Exists(folder) ? Directory.EnumerateDirectories(folder, Prefix + "*") : [])
        {
            if (long.TryParse(Path.GetFileName(path)[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out long step)
                && FindSize(path) is { } size)
            {
                yield return new StoredCheckpoint(path, EpochOf(folder), step, size);
            }
        }
    }

    private static long EpochOf(string folder) =>
        long.TryParse(Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)), NumberStyles.None, CultureInfo.InvariantCulture, out long epoch) ? epoch : 0;

    private static long SizeOf(string path) => new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    // The child prunes while the parent lists.
    private static long? FindSize(string path)
    {
        try
        {
            return SizeOf(path);
        }
        catch (Exception gone) when (gone is DirectoryNotFoundException or FileNotFoundException)
        {
            return null;
        }
    }

    private static void DeleteFolder(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private IEnumerable<string> EpochFolders(string jobId) => Directory.Exists(JobFolder(jobId))
        ? Directory.EnumerateDirectories(JobFolder(jobId)).Where(folder => long.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out _))
        : [];

    // An id names a folder, never a path.
    private string JobFolder(string jobId) => jobId.Length > 0 && jobId.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')
        ? Path.Combine(root, jobId)
        : throw new ArgumentException($"a job's id has letters, digits, - and _ only, not {jobId[..Math.Min(64, jobId.Length)]}", nameof(jobId));
}
