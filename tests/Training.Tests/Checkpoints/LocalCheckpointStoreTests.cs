using LlmPlatform.TrainingContracts.Checkpoints;

namespace LlmPlatform.Training.Tests.Checkpoints;

public sealed class LocalCheckpointStoreTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("llmplatform-store-").FullName;

    [Fact]
    public void Whole_checkpoints_are_listed_and_old_ones_removed()
    {
        LocalCheckpointStore store = new(_root);
        Assert.Empty(store.List("job"));
        foreach ((long epoch, long step) in new[] { (1L, 10L), (1, 20), (2, 20), (2, 30) })
        {
            LocalCheckpointStore.Write(store.Folder("job", epoch), step, folder => File.WriteAllText(Path.Combine(folder, "a"), "12345"));
        }

        Assert.Equal([(30L, 2L), (20, 2), (20, 1), (10, 1)], store.List("job").Select(checkpoint => (checkpoint.Step, checkpoint.Epoch)));
        Assert.All(store.List("job"), checkpoint => Assert.Equal(5, checkpoint.Size));
        store.Prune("job", 2);
        Assert.Equal([30L, 20], store.List("job").Select(checkpoint => checkpoint.Step));
        Assert.False(Directory.Exists(Path.Combine(_root, "job", "1")));
        store.Delete("job");
        Assert.Empty(store.List("job"));
    }

    [Fact]
    public void A_write_that_fails_leaves_nothing()
    {
        LocalCheckpointStore store = new(_root);
        string folder = store.Folder("job", 1);
        Assert.Throws<IOException>(() => LocalCheckpointStore.Write(folder, 5, unfinished =>
        {
            File.WriteAllText(Path.Combine(unfinished, "a"), "1");
            throw new IOException("full");
        }));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
    }

    [Fact]
    public void An_unfinished_write_of_an_earlier_claim_is_removed()
    {
        LocalCheckpointStore store = new(_root);
        Directory.CreateDirectory(Path.Combine(store.Folder("job", 1), "step-00000010.incomplete"));
        store.Folder("job", 2);
        Assert.Empty(store.List("job"));
        store.Prune("job", 1);
        Assert.False(Directory.Exists(Path.Combine(_root, "job", "1")));
    }

    [Fact]
    public void A_job_is_no_path() => Assert.Throws<ArgumentException>(() => new LocalCheckpointStore(_root).List("../other"));

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
