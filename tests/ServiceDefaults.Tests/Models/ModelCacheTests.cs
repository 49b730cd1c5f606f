using Grpc.Core;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.ServiceDefaults.Data;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Hosting;
using LlmPlatform.ServiceDefaults.Identity;
using LlmPlatform.ServiceDefaults.Models;
using LlmPlatform.ServiceDefaults.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ModelsClient = LlmPlatform.Contracts.Models.V1.Models.ModelsClient;

namespace LlmPlatform.ServiceDefaults.Tests.Models;

public sealed class ModelCacheTests : IAsyncLifetime
{
    private readonly FakeRegistry _registry = new();
    private TestHost _models = null!;
    private TestHost _service = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string CachePath => Path.Combine(_service.Services.GetRequiredService<DataFolder>().FullPath, "generation", "cache");

    public async ValueTask InitializeAsync()
    {
        _models = await TestHost.StartAsync(
            builder => builder.Services.AddSingleton(_registry.Script),
            app => app.MapGrpcService<ScriptedModels>().RequireAuthorization(Policies.Caller),
            "models");
        _service = await TestHost.StartAsync(
            builder => builder.AddModelCache(),
            name: "generation",
            settings: new() { ["services:models:grpc:0"] = _models.GrpcAddress.ToString() });
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        await _models.DisposeAsync();
    }

    [Fact]
    public async Task A_model_is_brought_here_once()
    {
        ModelVersion version = _registry.Add("chat", "acme", ("config.json", 10), ("1_Pooling/config.json", 20), ("model.safetensors", 5500), ("empty", 0));
        ModelCache cache = Cache();

        using (CachedModel first = await GetAsync(cache, "chat"))
        {
            Assert.Equal(("chat", version.Version, "acme"), (first.Name, first.Version, first.Tenant));
            Assert.Equal(Path.Combine(CachePath, version.Version), first.FolderPath);
            foreach (ModelFile file in version.Files)
            {
                Assert.Equal(_registry.Content("chat", file.Path), await File.ReadAllBytesAsync(Path.Combine(first.FolderPath, file.Path), Ct));
            }
        }

        using CachedModel second = await GetAsync(cache, "chat");
        Assert.Single(_registry.Downloads);
        Assert.Equal([version.Version], FoldersLeft());
    }

    [Fact]
    public async Task The_registered_cache_is_one_for_the_process()
    {
        _registry.Add("chat", "acme", ("config.json", 10));
        IModelCache cache = _service.Services.GetRequiredService<IModelCache>();

        using CachedModel model = await GetAsync(cache, "chat");

        Assert.True(File.Exists(Path.Combine(model.FolderPath, "config.json")));
        Assert.Same(cache, _service.Services.GetRequiredService<IModelCache>());
    }

    [Fact]
    public async Task Every_call_asks_the_registry_as_its_own_caller()
    {
        _registry.Add("chat", "acme", ("config.json", 10));
        _registry.Add("shared", Tenants.Platform, ("config.json", 10));
        ModelCache cache = Cache();
        (await GetAsync(cache, "chat")).Dispose();
        (await GetAsync(cache, "shared", "other")).Dispose();

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => GetAsync(cache, "chat", "other"));

        Assert.Equal(StatusCode.NotFound, error.StatusCode);
        Assert.Equal(["acme", "other", "other"], _registry.Callers);
    }

    [Fact]
    public async Task A_download_that_breaks_goes_on_with_the_files_that_are_missing()
    {
        _registry.Add("chat", "acme", ("a", 2500), ("b", 2500), ("c", 2500));
        _registry.BeforeChunk = (path, chunk, download, context) => path == "b" && chunk == 1 && download == 0
            ? throw RpcErrors.Unavailable("restarting", TimeSpan.Zero)
            : Task.CompletedTask;

        using CachedModel model = await GetAsync(Cache(), "chat");

        Assert.Equal([["a", "b", "c"], ["b", "c"]], _registry.Downloads);
        Assert.Equal(_registry.Content("chat", "b"), await File.ReadAllBytesAsync(Path.Combine(model.FolderPath, "b"), Ct));
    }

    [Fact]
    public async Task A_connection_that_is_cut_is_taken_up_again()
    {
        _registry.Add("chat", "acme", ("a", 2500));
        _registry.BeforeChunk = (_, chunk, download, context) =>
        {
            if (chunk == 1 && download == 0)
            {
                context.GetHttpContext().Abort();
            }

            return Task.CompletedTask;
        };

        using CachedModel model = await GetAsync(Cache(), "chat");

        Assert.Equal(2, _registry.Downloads.Count);
        Assert.Equal(_registry.Content("chat", "a"), await File.ReadAllBytesAsync(Path.Combine(model.FolderPath, "a"), Ct));
    }

    [Fact]
    public async Task A_download_that_breaks_again_and_again_is_UNAVAILABLE_and_leaves_nothing()
    {
        _registry.Add("chat", "acme", ("a", 2500));
        _registry.BeforeChunk = (_, _, _, _) => throw RpcErrors.Create(StatusCode.Internal, "broken");

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => GetAsync(Cache(), "chat"));

        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.NotNull(error.GetRetryDelay());
        Assert.Equal(4, _registry.Downloads.Count);
        Assert.Empty(FoldersLeft());
    }

    [Fact]
    public async Task A_refusal_is_not_tried_again()
    {
        _registry.Add("chat", "acme", ("a", 2500));
        _registry.BeforeChunk = (_, _, _, _) => throw RpcErrors.NotFound("model", "chat");

        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => GetAsync(Cache(), "chat"))).StatusCode);
        Assert.Single(_registry.Downloads);
    }

    [Theory]
    [InlineData("a bit flipped")]
    [InlineData("a byte too many")]
    [InlineData("a byte too few")]
    public async Task Wrong_bytes_are_DATA_LOSS_and_leave_nothing(string fault)
    {
        _registry.Add("chat", "acme", ("a", 2500));
        _registry.Spoil = (chunk, _) =>
        {
            chunk[^1] ^= 1;
            return fault switch
            {
                "a byte too many" => [.. chunk, 0],
                "a byte too few" => chunk[1..],
                _ => chunk,
            };
        };
        ModelCache cache = Cache();

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => GetAsync(cache, "chat"));
        Assert.Equal(StatusCode.DataLoss, error.StatusCode);
        Assert.Empty(FoldersLeft());

        _registry.Spoil = (chunk, _) => chunk;
        using CachedModel model = await GetAsync(cache, "chat");
        Assert.Equal(_registry.Content("chat", "a"), await File.ReadAllBytesAsync(Path.Combine(model.FolderPath, "a"), Ct));
    }

    [Fact]
    public async Task Bytes_that_are_right_the_second_time_are_good()
    {
        _registry.Add("chat", "acme", ("a", 2500));
        _registry.Spoil = (chunk, download) => download == 0 ? new byte[chunk.Length] : chunk;

        using CachedModel model = await GetAsync(Cache(), "chat");

        Assert.Equal(2, _registry.Downloads.Count);
        Assert.Equal(_registry.Content("chat", "a"), await File.ReadAllBytesAsync(Path.Combine(model.FolderPath, "a"), Ct));
    }

    [Fact]
    public async Task Many_who_ask_at_once_wait_for_one_download()
    {
        _registry.Add("chat", "acme", ("a", 20_000));
        _registry.BeforeChunk = (_, _, _, _) => Task.Delay(5, Ct);
        ModelCache cache = Cache();

        CachedModel[] models = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => Task.Run(() => GetAsync(cache, "chat"), Ct)));

        Assert.Single(_registry.Downloads);
        Assert.Single(models.Select(model => model.FolderPath).Distinct());
        Assert.All(models, model => model.Dispose());
    }

    [Fact]
    public async Task The_first_who_asks_may_go_away_while_another_waits()
    {
        _registry.Add("chat", "acme", ("a", 2500));
        TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _registry.BeforeChunk = async (_, _, _, context) =>
        {
            entered.TrySetResult();
            await go.Task.WaitAsync(context.CancellationToken);
        };
        ModelCache cache = Cache();
        using CancellationTokenSource away = new();
        Task<CachedModel> first = GetUntilAsync(cache, "chat", "acme", away.Token);
        await entered.Task.WaitAsync(Ct);
        Task<CachedModel> second = GetAsync(cache, "chat");
        while (_registry.Callers.Count < 2)
        {
            await Task.Delay(5, Ct);
        }

        await Task.Delay(50, Ct);
        await away.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        go.SetResult();

        using CachedModel model = await second;
        Assert.Single(_registry.Downloads);
    }

    [Fact]
    public async Task A_download_that_nobody_waits_for_ends_and_leaves_nothing()
    {
        _registry.Add("chat", "acme", ("a", 2500));
        TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _registry.BeforeChunk = async (_, _, _, context) =>
        {
            using CancellationTokenRegistration registration = context.CancellationToken.Register(() => cancelled.TrySetResult());
            entered.TrySetResult();
            await cancelled.Task;
            context.CancellationToken.ThrowIfCancellationRequested();
        };
        ModelCache cache = Cache();
        using CancellationTokenSource away = new();
        Task<CachedModel> only = GetUntilAsync(cache, "chat", "acme", away.Token);
        await entered.Task.WaitAsync(Ct);
        await away.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => only);

        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10), Ct);
        for (int i = 0; i < 500 && FoldersLeft().Length > 0; i++)
        {
            await Task.Delay(10, Ct);
        }

        Assert.Empty(FoldersLeft());
        _registry.BeforeChunk = (_, _, _, _) => Task.CompletedTask;
        (await GetAsync(cache, "chat")).Dispose();
    }

    [Fact]
    public async Task The_least_recently_used_version_that_nobody_holds_makes_room()
    {
        string[] versions = [.. new[] { "a1", "b22", "c333" }.Select(name => _registry.Add(name, "acme", ("f", 1000)).Version)];
        ModelCache cache = Cache(maxBytes: 2500);
        CachedModel a = await GetAsync(cache, "a1");
        (await GetAsync(cache, "b22")).Dispose();

        (await GetAsync(cache, "c333")).Dispose();
        Assert.Equal(new[] { versions[0], versions[2] }.Order(), FoldersLeft());

        a.Dispose();
        a.Dispose();
        (await GetAsync(cache, "b22")).Dispose();
        Assert.Equal(new[] { versions[0], versions[1] }.Order(), FoldersLeft());
    }

    [Fact]
    public async Task Under_a_crowd_that_comes_goes_and_gives_up_every_lease_holds_whole_files()
    {
        const int Models = 8;
        const int Room = 5;
        const int Workers = 4;
        string[] names = [.. Enumerable.Range(1, Models).Select(i => new string('m', i))];
        Array.ForEach(names, name => _registry.Add(name, "acme", ("f", 3000)));
        _registry.BeforeChunk = (_, _, download, context) => download % 3 == 0 ? Task.Delay(2, context.CancellationToken) : Task.CompletedTask;
        ModelCache cache = Cache(maxBytes: Room * 3000);
        int leases = 0;
        int givenUp = 0;

        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(
            async () =>
            {
                Random random = new(worker);
                for (int i = 0; i < 60; i++)
                {
                    string name = names[random.Next(Models)];
                    using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
                    if (random.Next(4) == 0)
                    {
                        patience.CancelAfter(TimeSpan.FromMilliseconds(random.Next(10)));
                    }

                    try
                    {
                        using CachedModel model = await GetUntilAsync(cache, name, "acme", patience.Token);
                        Assert.Equal(_registry.Content(name, "f"), await File.ReadAllBytesAsync(Path.Combine(model.FolderPath, "f"), Ct));
                        Interlocked.Increment(ref leases);
                    }
                    catch (Exception exception) when (exception is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
                    {
                        Interlocked.Increment(ref givenUp);
                    }
                }
            },
            Ct)));

        Assert.Equal(Workers * 60, leases + givenUp);
        Assert.True(leases > Workers * 30, $"{leases} leases");
        for (int i = 0; i < 500 && FoldersLeft().Any(folder => folder.EndsWith(".partial", StringComparison.Ordinal)); i++)
        {
            await Task.Delay(10, Ct);
        }

        Assert.InRange(FoldersLeft().Length, 1, Room);
        Assert.DoesNotContain(FoldersLeft(), folder => folder.EndsWith(".partial", StringComparison.Ordinal));
    }

    [Fact]
    public async Task When_all_is_held_there_is_no_room_and_the_setting_is_named()
    {
        _registry.Add("a1", "acme", ("f", 1000));
        _registry.Add("b22", "acme", ("f", 1000));
        ModelCache cache = Cache(maxBytes: 1500);
        using CachedModel held = await GetAsync(cache, "a1");

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => GetAsync(cache, "b22"));

        Assert.Equal(StatusCode.FailedPrecondition, error.StatusCode);
        Assert.Contains("Platform:ModelCache:MaxBytes", error.Status.Detail, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(held.FolderPath, "f")));
    }

    [Fact]
    public async Task A_model_that_is_too_large_evicts_nothing()
    {
        string small = _registry.Add("a1", "acme", ("f", 1000)).Version;
        _registry.Add("huge", "acme", ("f", 5000));
        ModelCache cache = Cache(maxBytes: 1500);
        (await GetAsync(cache, "a1")).Dispose();

        Assert.Equal(StatusCode.FailedPrecondition, (await Assert.ThrowsAsync<RpcException>(() => GetAsync(cache, "huge"))).StatusCode);
        Assert.Equal([small], FoldersLeft());
    }

    [Fact]
    public async Task The_next_process_takes_up_whole_versions_and_deletes_halves()
    {
        string version = _registry.Add("chat", "acme", ("a", 2500)).Version;
        (await GetAsync(Cache(), "chat")).Dispose();
        Directory.CreateDirectory(Path.Combine(CachePath, version + ".7.partial", "sub"));

        ModelCache next = Cache();
        Assert.Equal([version], FoldersLeft());
        (await GetAsync(next, "chat")).Dispose();

        Assert.Single(_registry.Downloads);
    }

    [Fact]
    public async Task The_next_process_brings_a_version_again_when_a_file_of_it_is_gone()
    {
        string version = _registry.Add("chat", "acme", ("a", 2500), ("b", 10)).Version;
        (await GetAsync(Cache(), "chat")).Dispose();
        File.Delete(Path.Combine(CachePath, version, "b"));

        using CachedModel model = await GetAsync(Cache(), "chat");

        Assert.Equal(_registry.Content("chat", "b"), await File.ReadAllBytesAsync(Path.Combine(model.FolderPath, "b"), Ct));
        Assert.Equal([version], FoldersLeft());
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../outside")]
    [InlineData("a\\b")]
    [InlineData("C:x")]
    [InlineData("")]
    [InlineData("a//b")]
    public async Task A_path_that_leads_out_of_the_folder_is_DATA_LOSS(string path)
    {
        _registry.Add("chat", "acme", (path, 10));

        Assert.Equal(StatusCode.DataLoss, (await Assert.ThrowsAsync<RpcException>(() => GetAsync(Cache(), "chat"))).StatusCode);
        Assert.Empty(_registry.Downloads);
        Assert.Empty(FoldersLeft());
    }

    [Fact]
    public async Task A_version_whose_files_make_another_hash_is_DATA_LOSS()
    {
        ModelVersion version = _registry.Add("chat", "acme", ("a", 10));
        version.Version = new string('0', 64);

        Assert.Equal(StatusCode.DataLoss, (await Assert.ThrowsAsync<RpcException>(() => GetAsync(Cache(), "chat"))).StatusCode);
        Assert.Empty(FoldersLeft());
    }

    private ModelCache Cache(long maxBytes = long.MaxValue) => new(
        _service.Services.GetRequiredService<ModelsClient>(),
        _service.Services.GetRequiredService<ICallerTokens>(),
        _service.Services.GetRequiredService<DataFolder>(),
        _service.Services.GetRequiredService<ServiceIdentity>(),
        Options.Create(new ModelCacheOptions { MaxBytes = maxBytes, RetryDelay = TimeSpan.FromMilliseconds(1) }),
        TimeProvider.System,
        NullLogger<ModelCache>.Instance);

    private Task<CachedModel> GetAsync(IModelCache cache, string model, string tenant = "acme") => GetUntilAsync(cache, model, tenant, Ct);

    private async Task<CachedModel> GetUntilAsync(IModelCache cache, string model, string tenant, CancellationToken cancellationToken)
    {
        using (_service.Services.GetRequiredService<ICallerTokens>().ActAs(CallerIdentity.User(tenant)))
        {
            return await cache.GetAsync(model, cancellationToken);
        }
    }

    private string[] FoldersLeft() => Directory.Exists(CachePath)
        ? [.. Directory.GetDirectories(CachePath).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)]
        : [];
}
