using System.Data.Common;
using LlmPlatform.Contracts.Files.V1;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.ModelService.Blobs;
using LlmPlatform.ModelService.Data;
using LlmPlatform.ModelService.Sweeping;
using LlmPlatform.ModelService.Tests.Support;
using LlmPlatform.Platform.Tests.Samples;
using LlmPlatform.ServiceDefaults.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using File = LlmPlatform.Contracts.Files.V1.File;

namespace LlmPlatform.ModelService.Tests.Sweeping;

public sealed class BlobSweepTests : IAsyncLifetime
{
    private static readonly TimeSpan Grace = TimeSpan.FromHours(1);
    private static readonly byte[] Content = [1, 2, 3];

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private ModelHost _host = null!;
    private Caller _a = null!;

    private BlobSweep Sweep => _host.Services.GetRequiredService<BlobSweep>();

    public async ValueTask InitializeAsync()
    {
        _host = await ModelHost.StartAsync(_folder.Combine("data"), clock: _clock);
        _a = _host.As("a");
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_blob_goes_a_grace_period_after_it_was_found_without_a_row()
    {
        await DeleteAsync(await _a.UploadAsync(Content));
        _clock.Advance(2 * Grace);
        Assert.Equal(0, await SweepAsync());
        _clock.Advance(Grace - TimeSpan.FromSeconds(1));
        Assert.Equal(0, await SweepAsync());
        Assert.Single(_host.Blobs());
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await SweepAsync());
        Assert.Empty(_host.Blobs());
    }

    [Fact]
    public async Task A_new_row_in_the_grace_period_begins_it_anew()
    {
        await DeleteAsync(await _a.UploadAsync(Content));
        await SweepAsync();
        File again = await _a.UploadAsync(Content);
        _clock.Advance(2 * Grace);
        Assert.Equal(0, await SweepAsync());
        await DeleteAsync(again);
        Assert.Equal(0, await SweepAsync());
        _clock.Advance(Grace);
        Assert.Equal(1, await SweepAsync());
    }

    [Fact]
    public async Task A_blob_stays_while_another_file_of_the_tenant_names_it_and_no_other_tenants_file_keeps_it()
    {
        File first = await _a.UploadAsync(Content);
        File second = await _a.UploadAsync(Content);
        File foreign = await _host.As("b").UploadAsync(Content);
        await DeleteAsync(first);
        await PassAsync();
        Assert.Equal(2, _host.Blobs().Count);
        Assert.Equal(Content, await _a.DownloadAsync(second.Id));

        await DeleteAsync(second);
        await PassAsync();
        Assert.Equal("b", Assert.Single(_host.Blobs()).Tenant);
        Assert.Equal(Content, await _host.As("b").DownloadAsync(foreign.Id));
    }

    [Fact]
    public async Task A_versions_blobs_outlive_the_uploaded_files_and_go_with_the_version()
    {
        string folder = await TinyModels.WriteDecoderAsync(_folder.Combine("tiny"));
        ModelVersion version = await _a.RegisterFolderAsync(folder, "tiny");
        foreach (File file in await _a.ListFilesAsync())
        {
            await DeleteAsync(file);
        }

        await PassAsync();
        Dictionary<string, byte[]> files = await _a.DownloadModelAsync("tiny");
        Assert.Equal(version.Files.Select(file => file.Path), files.Keys);
        Assert.All(files, file => Assert.Equal(System.IO.File.ReadAllBytes(Path.Combine(folder, file.Key)), file.Value));

        await _a.Models.DeleteAsync(new DeleteModelRequest { Name = "tiny" });
        await PassAsync();
        Assert.Empty(_host.Blobs());
    }

    [Fact]
    public async Task A_row_that_is_not_ready_yet_keeps_the_blob_and_is_invisible_and_forgotten_at_the_next_start()
    {
        File file = await _a.UploadAsync(Content);
        await using (ModelDbContext database = await _host.DatabaseAsync())
        {
            await database.Files.ExecuteUpdateAsync(update => update.SetProperty(row => row.Ready, false));
        }

        await PassAsync();
        Assert.Single(_host.Blobs());
        await Refusal.NotFoundAsync(async () => await _a.Files.GetAsync(new GetFileRequest { Id = file.Id }));

        await _host.DisposeAsync();
        _host = await ModelHost.StartAsync(_folder.Combine("data"), clock: _clock);
        await PassAsync();
        Assert.Empty(_host.Blobs());
    }

    /// <summary>The order of steps that loses files when it is done wrong: the sweep looks, the bytes are wanted again, the sweep deletes.</summary>
    [Fact]
    public async Task An_upload_between_the_sweeps_two_looks_keeps_its_bytes()
    {
        await DeleteAsync(await _a.UploadAsync(Content));
        UploadBeforeTransactions between = new(async () => await _a.UploadAsync(Content));
        DbContextOptionsBuilder<SqliteModelDbContext> options = new();
        options.UsePlatformSqlite(_folder.Combine("data", "models", "models.db")).AddInterceptors(between);
        BlobSweep sweep = new(new Contexts(options.Options), _host.Services.GetRequiredService<IBlobStore>(), _clock);

        Assert.Equal(0, await sweep.RunAsync(TimeSpan.Zero, TestContext.Current.CancellationToken));
        Assert.Equal(1, between.Uploads);
        Assert.Equal(Content, await _a.DownloadAsync(Assert.Single(await _a.ListFilesAsync()).Id));
    }

    private async Task DeleteAsync(File file) => await _a.Files.DeleteAsync(new DeleteFileRequest { Id = file.Id });

    private Task<int> SweepAsync() => Sweep.RunAsync(Grace, TestContext.Current.CancellationToken);

    private async Task PassAsync()
    {
        await SweepAsync();
        _clock.Advance(Grace);
        await SweepAsync();
    }

    private sealed class Contexts(DbContextOptions<SqliteModelDbContext> options) : IDbContextFactory<ModelDbContext>
    {
        public ModelDbContext CreateDbContext() => new SqliteModelDbContext(options);
    }

    private sealed class UploadBeforeTransactions(Func<Task> upload) : DbTransactionInterceptor
    {
        public int Uploads { get; private set; }

        public override async ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
            DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result, CancellationToken cancellationToken = default)
        {
            await upload();
            Uploads++;
            return result;
        }
    }
}
