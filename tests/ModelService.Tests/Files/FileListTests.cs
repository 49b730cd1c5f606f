using Grpc.Core;
using LlmPlatform.Contracts.Files.V1;
using LlmPlatform.ModelService.Tests.Support;
using File = LlmPlatform.Contracts.Files.V1.File;

namespace LlmPlatform.ModelService.Tests.Files;

public sealed class FileListTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private ModelHost _host = null!;
    private Caller _a = null!;
    private Caller _b = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await ModelHost.StartAsync(_folder.FullPath);
        _a = _host.As("a");
        _b = _host.As("b");
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Pages_show_each_file_once_newest_first_and_only_the_callers()
    {
        List<string> uploaded = [];
        for (int i = 0; i < 7; i++)
        {
            uploaded.Add((await _a.UploadAsync([(byte)i], purpose: i % 2 == 0 ? "batch" : "fine-tune")).Id);
            await _b.UploadAsync([(byte)i]);
        }

        List<string> listed = [];
        string token = "";
        int pages = 0;
        do
        {
            ListFilesResponse page = await _a.Files.ListAsync(new ListFilesRequest { PageSize = 3, PageToken = token });
            listed.AddRange(page.Files.Select(file => file.Id));
            token = page.NextPageToken;
            pages++;

            // What is deleted or added meanwhile shifts no page.
            await _a.UploadAsync([(byte)(100 + pages)]);
        }
        while (token.Length > 0);

        Assert.Equal(3, pages);
        Assert.Equal(Enumerable.Reverse(uploaded), listed);
        ListFilesResponse batch = await _a.Files.ListAsync(new ListFilesRequest { Purpose = "batch" });
        Assert.Equal(4, batch.Files.Count);
        Assert.All(batch.Files, file => Assert.Equal("batch", file.Purpose));
    }

    [Fact]
    public async Task Wrong_pages_are_refused_by_field()
    {
        await Refusal.OfFieldAsync("page_size", async () => await _a.Files.ListAsync(new ListFilesRequest { PageSize = -1 }));
        await Refusal.OfFieldAsync("page_size", async () => await _a.Files.ListAsync(new ListFilesRequest { PageSize = 5000 }));
        await Refusal.OfFieldAsync("page_token", async () => await _a.Files.ListAsync(new ListFilesRequest { PageToken = "garbage!" }));
        await Refusal.OfFieldAsync("purpose", async () => await _a.Files.ListAsync(new ListFilesRequest { Purpose = "nonsense" }));
    }

    [Fact]
    public async Task A_file_of_another_tenant_and_a_missing_one_are_the_same_to_a_caller()
    {
        File file = await _a.UploadAsync([1, 2, 3]);
        foreach (Func<string, Task> call in new Func<string, Task>[]
        {
            async id => await _b.Files.GetAsync(new GetFileRequest { Id = id }),
            async id => await _b.DownloadAsync(id),
            async id => await _b.Files.DeleteAsync(new DeleteFileRequest { Id = id }),
        })
        {
            string missing = "file-" + new string('a', file.Id.Length - 5);
            RpcException foreign = await Refusal.WithAsync(StatusCode.NotFound, () => call(file.Id));
            RpcException absent = await Refusal.WithAsync(StatusCode.NotFound, () => call(missing));
            Assert.Equal(absent.Status.Detail.Replace(missing, "ID", StringComparison.Ordinal), foreign.Status.Detail.Replace(file.Id, "ID", StringComparison.Ordinal));
            await Refusal.OfFieldAsync("id", () => call(""));
        }

        Assert.Equal([1, 2, 3], await _a.DownloadAsync(file.Id));
    }

    [Fact]
    public async Task A_deleted_file_is_gone_at_once()
    {
        File file = await _a.UploadAsync([1]);
        await _a.Files.DeleteAsync(new DeleteFileRequest { Id = file.Id });
        await Refusal.NotFoundAsync(async () => await _a.Files.GetAsync(new GetFileRequest { Id = file.Id }));
        await Refusal.NotFoundAsync(async () => await _a.Files.DeleteAsync(new DeleteFileRequest { Id = file.Id }));
        Assert.Empty(await _a.ListFilesAsync());
    }

    [Fact]
    public async Task The_platforms_tenant_writes_nothing_and_roles_are_asked_for()
    {
        await Refusal.WithAsync(StatusCode.PermissionDenied, () => _host.As("platform").UploadAsync([1]));
        await Refusal.WithAsync(StatusCode.PermissionDenied, async () => await _host.As("a", "nobody").Files.ListAsync(new ListFilesRequest()));
    }
}
