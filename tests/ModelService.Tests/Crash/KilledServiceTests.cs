using System.Security.Cryptography;
using Grpc.Core;
using LlmPlatform.Contracts.Files.V1;
using LlmPlatform.ModelService.Tests.Support;
using Microsoft.Data.Sqlite;
using File = LlmPlatform.Contracts.Files.V1.File;

namespace LlmPlatform.ModelService.Tests.Crash;

/// <summary>
/// Two tenants upload and delete the same contents, with a sweep that never rests, and the service is killed again and
/// again in the midst of it. After each start every file that a row names has its bytes, whatever was confirmed is so,
/// and nothing had to be waited for.
/// </summary>
public sealed class KilledServiceTests(ITestOutputHelper output)
{
    private const int Operations = 1000;
    private const int Kills = 6;
    private const int WorkersPerTenant = 3;
    private const int Seed = 20260101;

    private static readonly string[] TenantNames = ["a", "b"];
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(30);
    private static readonly Dictionary<string, string> HarshSweep = new()
    {
        ["Platform__Blobs__SweepInterval"] = "00:00:00.010",
        ["Platform__Blobs__SweepGrace"] = "00:00:00",
    };

    // Of several chunks, so that a kill also meets half an upload.
    private static readonly byte[][] Contents = [Content(1, 2_000), Content(2, 70_000), Content(3, (1 << 20) + 5)];
    private static readonly byte[] Kept = Content(4, 500);
    private static readonly Dictionary<string, byte[]> ByHash = Contents.Append(Kept).ToDictionary(content => Convert.ToHexStringLower(SHA256.HashData(content)));

    private readonly Dictionary<string, Ledger> _ledgers = TenantNames.ToDictionary(tenant => tenant, _ => new Ledger());
    private readonly HashSet<string> _kept = [];
    private int _operations;

    [Fact]
    public async Task Kill_9_loses_no_file_that_a_row_names()
    {
        using TemporaryFolder folder = new();
        Random random = new(Seed);
        int swept = 0;
        for (int life = 0; life <= Kills; life++)
        {
            await using ModelProcess service = await ModelProcess.StartAsync(folder.FullPath, HarshSweep);
            Assert.True(service.ReadyAfter < LongestStart, $"the start took {service.ReadyAfter}");
            int checkedFiles = await CheckAsync(service);
            output.WriteLine($"life {life}: ready after {service.ReadyAfter.TotalSeconds:F1} s, {checkedFiles} files checked, {_operations} operations so far");

            if (life == 0)
            {
                // One file a tenant that nobody deletes, of a content of its own.
                foreach (string tenant in TenantNames)
                {
                    _kept.Add((await service.As(tenant).UploadAsync(Kept)).Id);
                }
            }

            int until = life == Kills ? Operations : (life + 1) * Operations / (Kills + 1);
            using CancellationTokenSource end = new();
            Task[] workers = [.. TenantNames.SelectMany(tenant => Enumerable.Range(0, WorkersPerTenant)
                .Select(worker => Task.Run(() => WorkAsync(service.As(tenant), new Random((life * 100) + worker), end.Token))))];
            await Eventually.TrueAsync(() => Volatile.Read(ref _operations) >= until || workers.Any(worker => worker.IsFaulted), $"{until} operations");
            await Task.Delay(random.Next(30));
            await service.KillAsync();
            await end.CancelAsync();
            await Task.WhenAll(workers);
            swept += service.Output.Split("that nothing names any more").Length - 1;
        }

        Assert.True(_operations >= Operations);
        Assert.True(swept > Kills, $"the sweep removed blobs {swept} times: too seldom to prove anything");
        CheckDisk(folder);
        await using ModelProcess last = await ModelProcess.StartAsync(folder.FullPath, HarshSweep);
        output.WriteLine($"{await CheckAsync(last)} files checked at the end, after {_operations} operations, {Kills + 1} kills and {swept} sweeps that removed blobs");
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Combine("models", "staging")));
    }

    [Fact]
    public async Task A_migration_lock_left_by_a_crash_is_not_waited_for()
    {
        using TemporaryFolder folder = new();
        await using (ModelProcess first = await ModelProcess.StartAsync(folder.FullPath, HarshSweep))
        {
            await first.KillAsync();
        }

        using (SqliteConnection connection = Open(folder, SqliteOpenMode.ReadWrite))
        using (SqliteCommand command = connection.CreateCommand())
        {
            command.CommandText = "INSERT OR REPLACE INTO __EFMigrationsLock (Id, Timestamp) VALUES (1, '2026-01-01 00:00:00')";
            Assert.Equal(1, command.ExecuteNonQuery());
        }

        await using ModelProcess second = await ModelProcess.StartAsync(folder.FullPath, HarshSweep);
        Assert.True(second.ReadyAfter < LongestStart, $"the start took {second.ReadyAfter}");
    }

    /// <summary>Every file that is listed has its bytes; all that was confirmed as there is listed, nothing that was confirmed as deleted.</summary>
    private async Task<int> CheckAsync(ModelProcess service)
    {
        int files = 0;
        foreach ((string tenant, Ledger ledger) in _ledgers)
        {
            Caller caller = service.As(tenant);
            List<File> listed = await caller.ListFilesAsync();
            foreach (File file in listed)
            {
                Assert.Equal(ByHash[file.Sha256].Length, file.Size);
                byte[] bytes = await caller.DownloadAsync(file.Id);
                Assert.True(bytes.AsSpan().SequenceEqual(ByHash[file.Sha256]), $"file {file.Id} of {tenant} has other bytes");
            }

            HashSet<string> ids = [.. listed.Select(file => file.Id)];
            Assert.Empty(ledger.There.Except(ids));
            Assert.True(ids.Overlaps(_kept) || _kept.Count == 0, $"the file that {tenant} never deleted is gone");
            Assert.Empty(ledger.Gone.Intersect(ids));

            // Uploads whose answer the kill cut off: they are there, and are deleted like any other.
            foreach (string id in ids.Except(_kept))
            {
                ledger.WasUploaded(id);
            }

            files += listed.Count;
        }

        return files;
    }

    private async Task WorkAsync(Caller caller, Random random, CancellationToken end)
    {
        Ledger ledger = _ledgers[caller.Tenant];
        while (!end.IsCancellationRequested)
        {
            try
            {
                // Few files at a time, so that the last row of a content goes often.
                if (ledger.There.Count < 2 && random.Next(3) > 0)
                {
                    byte[] content = Contents[random.Next(Contents.Length)];
                    ledger.WasUploaded((await caller.UploadAsync(content)).Id);
                }
                else if (ledger.Take(random) is { } id)
                {
                    await caller.Files.DeleteAsync(new DeleteFileRequest { Id = id }, cancellationToken: CancellationToken.None);
                    ledger.WasDeleted(id);
                }

                Interlocked.Increment(ref _operations);
            }
            catch (Exception exception) when (exception is RpcException { StatusCode: StatusCode.Unavailable or StatusCode.Internal or StatusCode.Cancelled } or IOException)
            {
                // The connection broke: the service was killed, which ends this life's work.
                Assert.True(await IsDownAsync(caller), $"a call failed while the service was up: {exception.Message}");
                return;
            }
        }
    }

    private static async Task<bool> IsDownAsync(Caller caller)
    {
        try
        {
            await caller.Files.ListAsync(new ListFilesRequest(), deadline: DateTime.UtcNow.AddSeconds(5));
            return false;
        }
        catch (RpcException error)
        {
            return error.StatusCode == StatusCode.Unavailable;
        }
    }

    /// <summary>The same from outside, with the service dead: each row's blob lies in its place with the row's hash.</summary>
    private static void CheckDisk(TemporaryFolder folder)
    {
        using SqliteConnection connection = Open(folder, SqliteOpenMode.ReadWrite);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT tenant, sha256, size FROM files WHERE ready";
        using SqliteDataReader rows = command.ExecuteReader();
        int count = 0;
        while (rows.Read())
        {
            string sha256 = rows.GetString(1);
            byte[] bytes = System.IO.File.ReadAllBytes(folder.Combine("models", "blobs", rows.GetString(0), sha256[..2], sha256));
            Assert.Equal(rows.GetInt64(2), bytes.Length);
            Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(bytes)));
            count++;
        }

        Assert.True(count >= TenantNames.Length, $"{count} files were left to check");
    }

    private static SqliteConnection Open(TemporaryFolder folder, SqliteOpenMode mode)
    {
        SqliteConnection connection = new(new SqliteConnectionStringBuilder
        {
            DataSource = folder.Combine("models", "models.db"),
            Mode = mode,
            Pooling = false,
        }.ToString());
        connection.Open();
        return connection;
    }

    private static byte[] Content(int seed, int length)
    {
        byte[] content = new byte[length];
        new Random(seed).NextBytes(content);
        return content;
    }
}
