using System.Globalization;
using LlmPlatform.ServiceDefaults.Errors;
using Microsoft.Extensions.Configuration;

namespace LlmPlatform.ServiceDefaults.Data;

/// <summary>
/// The folder that holds all state of a process. Whoever has opened it is its only user until it is disposed, which a
/// lock on the file <c>lock</c> sees to (the operating system releases it when the process dies, however it dies).
/// </summary>
public sealed class DataFolder : IDisposable
{
    /// <summary>The version of the layout that this program reads and writes.</summary>
    public const int SchemaVersion = 1;

    /// <summary>The configuration key of the path.</summary>
    public const string ConfigurationKey = "Platform:DataFolder";

    private const string DefaultPath = "~/.llmplatform";
    private const string LockFile = "lock";
    private const string HolderFile = "lock-holder";
    private const string VersionFile = "schema-version";

    /// <summary>What may lie in a folder that we take as new: traces of an interrupted first start, a volume's own folder.</summary>
    private static readonly HashSet<string> EmptyEnough = [LockFile, HolderFile, HolderFile + ".tmp", VersionFile + ".tmp", "lost+found"];

    private readonly FileStream _lock;

    private DataFolder(string path, FileStream heldLock) => (FullPath, _lock) = (path, heldLock);

    /// <summary>The absolute path.</summary>
    public string FullPath { get; }

    /// <summary>Opens the folder that the configuration names (default <c>~/.llmplatform</c>).</summary>
    /// <exception cref="DataFolderException">See <see cref="Open(string, IEnumerable{DataFolderMigration}?, int)"/>.</exception>
    public static DataFolder Open(IConfiguration configuration, IEnumerable<DataFolderMigration>? migrations = null) =>
        Open(PathFrom(configuration), migrations);

    /// <summary>Creates the folder where it is missing (mode 0700), locks it and brings it to <paramref name="schemaVersion"/>.</summary>
    /// <param name="path">The folder; a leading <c>~</c> is the user's home.</param>
    /// <param name="migrations">The steps for older folders.</param>
    /// <param name="schemaVersion">The version wanted.</param>
    /// <exception cref="DataFolderException">
    /// Another process holds it; it is newer than this program; no step leads from its version; it is not ours; it cannot be written.
    /// </exception>
    public static DataFolder Open(string path, IEnumerable<DataFolderMigration>? migrations = null, int schemaVersion = SchemaVersion)
    {
        string full = Expand(path);
        try
        {
            CreatePrivate(full);
            FileStream heldLock = Lock(full);
            try
            {
                SafeFile.Write(Path.Combine(full, HolderFile), $"process {Environment.ProcessId} on {Environment.MachineName}");
                BringToVersion(full, [.. migrations ?? []], schemaVersion);
                return new DataFolder(full, heldLock);
            }
            catch
            {
                heldLock.Dispose();
                throw;
            }
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException and not DataFolderException)
        {
            throw new DataFolderException($"the data folder {full} cannot be used: {exception.Message}", exception);
        }
    }

    /// <summary>The path that the configuration names, absolute.</summary>
    public static string PathFrom(IConfiguration configuration) =>
        Expand(configuration[ConfigurationKey] is { Length: > 0 } path ? path : DefaultPath);

    /// <summary>The folder of one service, or a place below it; it is created where it is missing.</summary>
    public string Folder(params string[] parts)
    {
        string path = Path.Combine([FullPath, .. parts]);
        CreatePrivate(path);
        return path;
    }

    /// <summary>Releases the lock.</summary>
    public void Dispose() => _lock.Dispose();

    private static string Expand(string path)
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string expanded = path == "~" ? home : path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(home, path[2..]) : path;
        return Path.GetFullPath(expanded);
    }

    private static void CreatePrivate(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static FileStream Lock(string folder)
    {
        string path = Path.Combine(folder, LockFile);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (exception is not (DirectoryNotFoundException or PathTooLongException or FileNotFoundException))
        {
            // The holder's name lies in a file of its own, since the locked one cannot be read.
            string holder = Path.Combine(folder, HolderFile);
            string who = File.Exists(holder) ? SafeValue.Cut(File.ReadAllText(holder).Trim()) : "another process";
            throw new DataFolderException($"the data folder {folder} is in use by {who}: end it, or set {ConfigurationKey} to another folder", exception);
        }
    }

    private static void BringToVersion(string folder, DataFolderMigration[] migrations, int wanted)
    {
        string file = Path.Combine(folder, VersionFile);
        if (!File.Exists(file))
        {
            string? foreign = Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).FirstOrDefault(name => !EmptyEnough.Contains(name!));
            if (foreign is not null)
            {
                throw new DataFolderException($"the folder {folder} holds {SafeValue.Cut(foreign)} but no {VersionFile}: expected an empty folder or one of ours");
            }

            WriteVersion(file, wanted);
            return;
        }

        string text = File.ReadAllText(file).Trim();
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int version))
        {
            throw new DataFolderException($"{file} holds {SafeValue.Cut(text)}, expected a number");
        }

        if (version > wanted)
        {
            throw new DataFolderException($"the data folder {folder} has schema version {version}, written by a newer program; this one reads up to {wanted}");
        }

        for (; version < wanted; version++)
        {
            DataFolderMigration step = Array.Find(migrations, migration => migration.FromVersion == version)
                ?? throw new DataFolderException($"the data folder {folder} has schema version {version}, and no step leads from there to {wanted}");
            step.Apply(folder);
            WriteVersion(file, version + 1);
        }
    }

    private static void WriteVersion(string file, int version) => SafeFile.Write(file, version.ToString(CultureInfo.InvariantCulture) + "\n");
}
