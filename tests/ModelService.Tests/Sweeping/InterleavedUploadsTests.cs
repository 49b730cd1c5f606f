using LlmPlatform.Contracts.Files.V1;
using LlmPlatform.ModelService.Data;
using LlmPlatform.ModelService.Tests.Support;
using Microsoft.EntityFrameworkCore;
using File = LlmPlatform.Contracts.Files.V1.File;

namespace LlmPlatform.ModelService.Tests.Sweeping;

/// <summary>
/// Two tenants upload and delete the same few contents at once, while the sweep runs without a pause and without a grace
/// period: whenever a file is there, its bytes are.
/// </summary>
public sealed class InterleavedUploadsTests
{
    private const int Operations = 1000;
    private const int WorkersPerTenant = 4;

    [Fact]
    public async Task A_thousand_uploads_and_deletes_of_the_same_content_lose_nothing()
    {
        using TemporaryFolder folder = new();
        await using ModelHost host = await ModelHost.StartAsync(folder.FullPath, new()
        {
            ["Platform:Blobs:SweepInterval"] = "00:00:00.010",
            ["Platform:Blobs:SweepGrace"] = "00:00:00",
        });
        byte[][] contents = [.. Enumerable.Range(0, 2).Select(seed => Content(seed, 3000))];
        int done = 0;
        await Task.WhenAll(new[] { "a", "b" }.SelectMany(tenant => Enumerable.Range(0, WorkersPerTenant)
            .Select(worker => Task.Run(() => WorkAsync(host.As(tenant), contents, seed: worker, () => Interlocked.Increment(ref done) <= Operations)))));

        // With no file left, the sweep leaves no blob.
        foreach (string tenant in new[] { "a", "b" })
        {
            Caller caller = host.As(tenant);
            foreach (File file in await caller.ListFilesAsync())
            {
                Assert.Equal(Array.Find(contents, content => content.Length == file.Size && file.Sha256 == Sha256(content)), await caller.DownloadAsync(file.Id));
                await caller.Files.DeleteAsync(new DeleteFileRequest { Id = file.Id });
            }
        }

        await Eventually.TrueAsync(() => host.Blobs().Count == 0, "the sweep removed every blob");
        await using ModelDbContext database = await host.DatabaseAsync();
        Assert.Equal(0, await database.Files.CountAsync());
        Assert.Contains(host.Log.Lines, line => line.Contains("that nothing names any more", StringComparison.Ordinal));
        Assert.DoesNotContain(host.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Warning", StringComparison.Ordinal));
    }

    private static async Task WorkAsync(Caller caller, byte[][] contents, int seed, Func<bool> next)
    {
        Random random = new(seed);
        Queue<(File File, byte[] Content)> mine = new();
        while (next())
        {
            // Few files at a time, so that a content's last row goes often.
            if (mine.Count < 2 && random.Next(2) == 0)
            {
                byte[] content = contents[random.Next(contents.Length)];
                mine.Enqueue((await caller.UploadAsync(content, sha256: Sha256(content)), content));
            }
            else if (mine.TryDequeue(out (File File, byte[] Content) old))
            {
                Assert.Equal(old.Content, await caller.DownloadAsync(old.File.Id));
                await caller.Files.DeleteAsync(new DeleteFileRequest { Id = old.File.Id });
            }
            else
            {
                byte[] content = contents[random.Next(contents.Length)];
                mine.Enqueue((await caller.UploadAsync(content), content));
            }
        }

        foreach ((File file, byte[] content) in mine)
        {
            Assert.Equal(content, await caller.DownloadAsync(file.Id));
        }
    }

    private static byte[] Content(int seed, int length)
    {
        byte[] content = new byte[length];
        new Random(seed).NextBytes(content);
        return content;
    }

    private static string Sha256(byte[] content) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content));
}
