using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using LlmPlatform.Contracts.Files.V1;
using LlmPlatform.ModelService.Blobs;
using LlmPlatform.ModelService.Tests.Support;
using File = LlmPlatform.Contracts.Files.V1.File;

namespace LlmPlatform.ModelService.Tests.Files;

public sealed class UploadTests : IAsyncLifetime
{
    private static readonly byte[] Content = Encoding.UTF8.GetBytes("{\"prompt\": \"안녕\"}\n");

    private readonly TemporaryFolder _folder = new();
    private ModelHost _host = null!;
    private Caller _a = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await ModelHost.StartAsync(_folder.FullPath, new() { ["Platform:Files:MaxBytes"] = $"{4 << 20}" });
        _a = _host.As("a");
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_goes_up_comes_down()
    {
        byte[] content = new byte[(2 << 20) + 17];
        new Random(1).NextBytes(content);
        File file = await _a.UploadAsync(content, "weights.safetensors", "model", sha256: Hash(content).ToUpperInvariant());
        Assert.Equal(("weights.safetensors", "model", content.Length, Hash(content)), (file.Filename, file.Purpose, file.Size, file.Sha256));
        Assert.Equal(content, await _a.DownloadAsync(file.Id));
        Assert.Equal(content[1_500_000..], await _a.DownloadAsync(file.Id, 1_500_000));
        Assert.Empty(await _a.DownloadAsync(file.Id, content.Length));
        Assert.Equal(file, await _a.Files.GetAsync(new GetFileRequest { Id = file.Id }));
    }

    [Fact]
    public async Task A_file_may_be_empty()
    {
        File file = await _a.UploadAsync([]);
        Assert.Equal(0, file.Size);
        Assert.Empty(await _a.DownloadAsync(file.Id));
    }

    [Fact]
    public async Task Equal_bytes_are_stored_once_a_tenant_and_are_files_of_their_own()
    {
        File first = await _a.UploadAsync(Content);
        File second = await _a.UploadAsync(Content);
        await _host.As("b").UploadAsync(Content);
        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal([("a", first.Sha256), ("b", first.Sha256)], _host.Blobs().Order());

        await _a.Files.DeleteAsync(new DeleteFileRequest { Id = first.Id });
        Assert.Equal(Content, await _a.DownloadAsync(second.Id));
    }

    [Fact]
    public async Task A_retry_with_the_same_request_id_is_the_same_file_within_a_tenant()
    {
        File first = await _a.UploadAsync(Content, requestId: "r1");
        Assert.Equal(first, await _a.UploadAsync(Content, requestId: "r1"));
        Assert.NotEqual(first.Id, (await _a.UploadAsync(Content, requestId: "r2")).Id);
        Assert.NotEqual(first.Id, (await _host.As("b").UploadAsync(Content, requestId: "r1")).Id);
        Assert.Equal(2, (await _a.ListFilesAsync()).Count);
    }

    [Fact]
    public async Task Of_simultaneous_uploads_with_one_request_id_one_becomes_a_file()
    {
        string[] outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            try
            {
                return (await _a.UploadAsync(Content, requestId: "once")).Id;
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.Aborted)
            {
                return "";
            }
        }));
        string id = Assert.Single(outcomes.Distinct().Except([""]));
        Assert.Equal(id, Assert.Single(await _a.ListFilesAsync()).Id);
    }

    [Fact]
    public async Task Wrong_bytes_leave_nothing()
    {
        await Refusal.OfFieldAsync("header.sha256", () => _a.UploadAsync(Content, sha256: new string('0', 64)));
        Assert.Empty(await _a.ListFilesAsync());
        Assert.Empty(_host.Blobs());
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Combine("models", "staging")));
    }

    [Theory]
    [InlineData("header.filename", "", "batch", "", "")]
    [InlineData("header.filename", "a\nb", "batch", "", "")]
    [InlineData("header.purpose", "a", "nonsense", "", "")]
    [InlineData("header.sha256", "a", "batch", "abc", "")]
    [InlineData("header.request_id", "a", "batch", "", "long")]
    public Task A_wrong_header_is_refused_by_field(string field, string filename, string purpose, string sha256, string requestId) =>
        Refusal.OfFieldAsync(field, () => _a.UploadAsync(
            Content, filename, purpose, requestId == "long" ? new string('x', 200) : requestId, sha256));

    [Fact]
    public async Task Chunks_without_a_header_and_headers_after_it_are_refused()
    {
        await Refusal.OfFieldAsync("header", () => SendAsync(new UploadRequest { Chunk = ByteString.CopyFrom(Content) }));
        await Refusal.OfFieldAsync("header", () => SendAsync());
        UploadRequest header = new() { Header = new UploadHeader { Filename = "a", Purpose = "batch" } };
        await Refusal.OfFieldAsync("chunk", () => SendAsync(header, header));
        await Refusal.OfFieldAsync("chunk", () => SendAsync(header, new UploadRequest { Chunk = ByteString.CopyFrom(new byte[(1 << 20) + 1]) }));
        Assert.Empty(await _a.ListFilesAsync());
    }

    [Fact]
    public async Task A_file_over_the_limit_is_refused()
    {
        await _a.UploadAsync(new byte[4 << 20]);
        await Refusal.OfFieldAsync("chunk", () => _a.UploadAsync(new byte[(4 << 20) + 1]));
        Assert.Single(await _a.ListFilesAsync());
    }

    [Fact]
    public async Task An_upload_whose_caller_goes_away_leaves_nothing()
    {
        using (CancellationTokenSource gone = new())
        {
            using AsyncClientStreamingCall<UploadRequest, File> call = _a.Files.Upload(cancellationToken: gone.Token);
            await call.RequestStream.WriteAsync(new UploadRequest { Header = new UploadHeader { Filename = "a", Purpose = "batch" } });
            await call.RequestStream.WriteAsync(new UploadRequest { Chunk = ByteString.CopyFrom(Content) });
            await gone.CancelAsync();
            await Refusal.WithAsync(StatusCode.Cancelled, async () => await call);
        }

        string staging = _folder.Combine("models", "staging");
        await Eventually.TrueAsync(() => !Directory.EnumerateFileSystemEntries(staging).Any(), "the staged bytes are gone");
        Assert.Empty(await _a.ListFilesAsync());
        Assert.Empty(_host.Blobs());
    }

    [Fact]
    public async Task A_download_from_beyond_the_end_is_refused()
    {
        File file = await _a.UploadAsync(Content);
        await Refusal.OfFieldAsync("offset", () => _a.DownloadAsync(file.Id, Content.Length + 1));
        await Refusal.OfFieldAsync("offset", () => _a.DownloadAsync(file.Id, -1));
    }

    [Fact]
    public async Task Bytes_that_are_gone_from_the_disk_are_said_to_be()
    {
        File file = await _a.UploadAsync(Content);
        System.IO.File.Delete(Path.Combine(_host.BlobsFolder, "a", file.Sha256[..2], file.Sha256));
        await Refusal.WithAsync(StatusCode.DataLoss, () => _a.DownloadAsync(file.Id));

        // The same bytes sent again mend both files.
        await _a.UploadAsync(Content);
        Assert.Equal(Content, await _a.DownloadAsync(file.Id));
    }

    [Fact]
    public async Task A_full_disk_is_told_from_other_failures()
    {
        Assert.SkipUnless(System.IO.File.Exists("/dev/full"), "needs /dev/full");
        await using FileStream full = new("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        IOException exception = await Assert.ThrowsAnyAsync<IOException>(async () => await full.WriteAsync(Content));
        Assert.True(DiskFull.Is(exception));
        Assert.False(DiskFull.Is(new FileNotFoundException()));
    }

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private async Task SendAsync(params UploadRequest[] messages)
    {
        using AsyncClientStreamingCall<UploadRequest, File> call = _a.Files.Upload();
        try
        {
            foreach (UploadRequest message in messages)
            {
                await call.RequestStream.WriteAsync(message);
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (Exception exception) when (exception is RpcException or InvalidOperationException)
        {
            // The service has answered already; the answer is awaited below.
        }

        await call;
    }
}
