using LlmPlatform.ServiceDefaults.Data;
using LlmPlatform.ServiceDefaults.Identity;
using LlmPlatform.ServiceDefaults.Tests.Support;

namespace LlmPlatform.ServiceDefaults.Tests.Data;

public sealed class DataFolderTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();
    private readonly string _path;

    public DataFolderTests() => _path = _temporary.Combine("a", "data");

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void A_new_folder_is_private_and_has_a_schema_version()
    {
        using DataFolder folder = DataFolder.Open(_path);

        Assert.Equal("1", File.ReadAllText(Path.Combine(_path, "schema-version")).Trim());
        Assert.Equal(_path, folder.FullPath);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_path));
        }
    }

    [Fact]
    public void A_second_holder_is_told_who_has_it_in_one_line()
    {
        using DataFolder first = DataFolder.Open(_path);

        DataFolderException error = Assert.Throws<DataFolderException>(() => DataFolder.Open(_path));

        Assert.Contains(_path, error.Message, StringComparison.Ordinal);
        Assert.Contains($"process {Environment.ProcessId}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void The_lock_goes_with_its_holder()
    {
        DataFolder.Open(_path).Dispose();
        DataFolder.Open(_path).Dispose();
    }

    [Fact]
    public void A_newer_folder_is_refused_and_left_alone()
    {
        DataFolder.Open(_path, schemaVersion: 3).Dispose();

        DataFolderException error = Assert.Throws<DataFolderException>(() => DataFolder.Open(_path, schemaVersion: 2));

        Assert.Contains("schema version 3", error.Message, StringComparison.Ordinal);
        Assert.Contains("up to 2", error.Message, StringComparison.Ordinal);
        DataFolder.Open(_path, schemaVersion: 3).Dispose();
    }

    [Fact]
    public void An_older_folder_goes_through_every_step_once()
    {
        DataFolder.Open(_path, schemaVersion: 1).Dispose();
        List<int> applied = [];
        DataFolderMigration[] steps =
        [
            new(2, "second", _ => applied.Add(2)),
            new(1, "first", path => applied.Add(Directory.Exists(path) ? 1 : 0)),
        ];

        DataFolder.Open(_path, steps, schemaVersion: 3).Dispose();
        DataFolder.Open(_path, steps, schemaVersion: 3).Dispose();

        Assert.Equal([1, 2], applied);
    }

    [Fact]
    public void A_step_that_fails_is_taken_again_by_the_next_start()
    {
        DataFolder.Open(_path, schemaVersion: 1).Dispose();
        int runs = 0;
        DataFolderMigration[] steps =
        [
            new(1, "first", _ => runs++),
            new(2, "second", _ => throw (runs == 1 ? new IOException("disk full") : new InvalidOperationException("ran the first step twice"))),
        ];

        DataFolderException error = Assert.Throws<DataFolderException>(() => DataFolder.Open(_path, steps, schemaVersion: 3));
        Assert.Contains("disk full", error.Message, StringComparison.Ordinal);
        Assert.Throws<DataFolderException>(() => DataFolder.Open(_path, steps, schemaVersion: 3));
        Assert.Equal(1, runs);
    }

    [Fact]
    public void An_older_folder_without_a_step_is_refused()
    {
        DataFolder.Open(_path, schemaVersion: 1).Dispose();

        Assert.Contains("no step", Assert.Throws<DataFolderException>(() => DataFolder.Open(_path, schemaVersion: 2)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_something_else_is_refused()
    {
        Directory.CreateDirectory(_path);
        File.WriteAllText(Path.Combine(_path, "thesis.docx"), "");

        Assert.Contains("thesis.docx", Assert.Throws<DataFolderException>(() => DataFolder.Open(_path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_schema_version_that_is_no_number_is_refused()
    {
        DataFolder.Open(_path).Dispose();
        File.WriteAllText(Path.Combine(_path, "schema-version"), "seven");

        Assert.Contains("seven", Assert.Throws<DataFolderException>(() => DataFolder.Open(_path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_is_a_file_is_said_in_one_line()
    {
        string file = _temporary.Combine("file");
        File.WriteAllText(file, "");

        Assert.Contains(file, Assert.Throws<DataFolderException>(() => DataFolder.Open(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_signing_key_is_made_once_and_private()
    {
        using DataFolder folder = DataFolder.Open(_path);

        SigningKey first = SigningKey.FromFolder(folder);
        SigningKey second = SigningKey.FromFolder(folder);

        Assert.Equal(first.Key.Key, second.Key.Key);
        Assert.True(first.Key.Key.Length >= SigningKey.MinBytes);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_path, "signing-key")));
        }
    }
}
