using System.Collections.Concurrent;
using Grpc.Core;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.Hub;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Identity;
using LlmPlatform.ServiceDefaults.Loading;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmPlatform.Platform.Tests.Loading;

/// <summary>Loaded models: once each, within a bound, and never taken away from a call.</summary>
public sealed class ModelPoolTests : IAsyncDisposable
{
    private const long MaxBytes = 100;

    private readonly FakeRegistry _registry = new();
    private readonly FakeLoader _loader = new();
    private readonly ModelPool<FakeModel> _pool;

    public ModelPoolTests() => _pool = new ModelPool<FakeModel>(
        _registry, _loader, new NoTokens(), new ModelPoolOptions(MaxBytes), TimeProvider.System, NullLogger<ModelPool<FakeModel>>.Instance);

    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    [Fact]
    public async Task Many_callers_share_one_load()
    {
        _registry.Add("a", 10);
        _loader.Hold();
        Task<ModelLease<FakeModel>>[] rents = [.. Enumerable.Range(0, 8).Select(_ => _pool.RentAsync("a", CancellationToken.None))];
        _loader.Release();
        ModelLease<FakeModel>[] leases = await Task.WhenAll(rents);
        Assert.Equal(1, _loader.Loads);
        Assert.All(leases, lease => Assert.Same(leases[0].Model, lease.Model));
    }

    [Fact]
    public async Task Names_with_equal_files_share_one_load()
    {
        _registry.Add("a", 10, version: "same");
        _registry.Add("b", 10, version: "same");
        using ModelLease<FakeModel> first = await _pool.RentAsync("a", CancellationToken.None);
        using ModelLease<FakeModel> second = await _pool.RentAsync("b", CancellationToken.None);
        Assert.Same(first.Model, second.Model);
        Assert.Equal("b", second.Version.Name);
    }

    [Fact]
    public async Task The_least_recently_used_model_makes_room()
    {
        foreach (string name in (string[])["a", "b", "c"])
        {
            _registry.Add(name, 40);
        }

        FakeModel a = await UseAsync("a");
        FakeModel b = await UseAsync("b");
        await UseAsync("a");
        await UseAsync("c");
        Assert.False(a.Disposed);
        Assert.True(b.Disposed);
        Assert.Equal(["a", "c"], _pool.Loaded(Tenants.Local).Select(loaded => loaded.Version.Name));
    }

    [Fact]
    public async Task A_model_in_use_is_not_taken_away()
    {
        _registry.Add("a", 60);
        _registry.Add("b", 60);
        ModelLease<FakeModel> lease = await _pool.RentAsync("a", CancellationToken.None);
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => _pool.RentAsync("b", CancellationToken.None));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.True(error.GetRetryDelay() > TimeSpan.Zero);
        Assert.False(lease.Model.Disposed);

        lease.Dispose();
        lease.Dispose();
        await UseAsync("b");
        Assert.True(lease.Model.Disposed);
    }

    [Fact]
    public async Task A_model_larger_than_the_bound_is_refused()
    {
        _registry.Add("a", MaxBytes + 1);
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => _pool.RentAsync("a", CancellationToken.None));
        Assert.Equal(StatusCode.FailedPrecondition, error.StatusCode);
        Assert.Contains($"{MaxBytes + 1} bytes", error.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(0, _loader.Loads);
    }

    [Fact]
    public async Task A_damaged_file_is_named_and_the_next_call_tries_again()
    {
        _registry.Add("a", 10);
        _loader.Failure = new InvalidModelFileException("model.safetensors", "header", 7, "a longer file");
        for (int attempt = 1; attempt <= 2; attempt++)
        {
            RpcException error = await Assert.ThrowsAsync<RpcException>(() => _pool.RentAsync("a", CancellationToken.None));
            Assert.Equal(StatusCode.FailedPrecondition, error.StatusCode);
            Assert.Contains("model.safetensors: header", error.Status.Detail, StringComparison.Ordinal);
            Assert.Equal(attempt, _loader.Loads);
        }

        _loader.Failure = null;
        await UseAsync("a");
    }

    [Fact]
    public async Task A_caller_that_goes_away_does_not_end_the_load_for_the_others()
    {
        _registry.Add("a", 10);
        _loader.Hold();
        using CancellationTokenSource gone = new();
        Task<ModelLease<FakeModel>> first = _pool.RentAsync("a", gone.Token);
        Task<ModelLease<FakeModel>> second = _pool.RentAsync("a", CancellationToken.None);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        _loader.Release();
        using ModelLease<FakeModel> lease = await second;
        Assert.Equal(1, _loader.Loads);
        Assert.False(lease.Model.Disposed);
    }

    [Fact]
    public async Task What_is_loaded_is_shown_to_those_who_may_read_it()
    {
        _registry.Add("mine", 10, tenant: "me");
        _registry.Add("yours", 10, tenant: "you");
        _registry.Add("ours", 10, tenant: Tenants.Platform);
        foreach (string name in (string[])["mine", "yours", "ours"])
        {
            await UseAsync(name);
        }

        Assert.Equal(["mine", "ours"], _pool.Loaded("me").Select(loaded => loaded.Version.Name));
    }

    [Fact]
    public async Task Closing_the_pool_frees_every_model()
    {
        _registry.Add("a", 10);
        FakeModel a = await UseAsync("a");
        await _pool.DisposeAsync();
        Assert.True(a.Disposed);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _pool.RentAsync("a", CancellationToken.None));
    }

    private async Task<FakeModel> UseAsync(string name)
    {
        using ModelLease<FakeModel> lease = await _pool.RentAsync(name, CancellationToken.None);
        return lease.Model;
    }

    private sealed class FakeModel(long bytes) : IAsyncDisposable
    {
        public long Bytes { get; } = bytes;

        public bool Disposed { get; private set; }

        public ValueTask DisposeAsync()
        {
            Disposed = true;
            return ValueTask.CompletedTask;
        }
    }

    private sealed class FakeLoader : IModelLoader<FakeModel>
    {
        private TaskCompletionSource _gate = Open();
        private int _loads;

        public int Loads => _loads;

        public Exception? Failure { get; set; }

        public void Hold() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release() => _gate.SetResult();

        public void Check(ModelVersion version)
        {
        }

        public long EstimateBytes(ModelVersion version) => version.Size;

        public long MeasureBytes(FakeModel loaded) => loaded.Bytes;

        public async Task<FakeModel> LoadAsync(ModelVersion version, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _loads);
            await _gate.Task;
            return Failure is null ? new FakeModel(version.Size) : throw Failure;
        }

        private static TaskCompletionSource Open()
        {
            TaskCompletionSource gate = new();
            gate.SetResult();
            return gate;
        }
    }

    private sealed class FakeRegistry : Models.ModelsClient
    {
        private readonly ConcurrentDictionary<string, ModelVersion> _versions = new();

        public void Add(string name, long size, string tenant = Tenants.Local, string? version = null) =>
            _versions[name] = new ModelVersion { Name = name, Version = version ?? name, Tenant = tenant, Size = size };

        public override AsyncUnaryCall<ModelVersion> GetAsync(
            GetModelRequest request, Metadata? headers = null, DateTime? deadline = null, CancellationToken cancellationToken = default) =>
            new(Task.FromResult(_versions[request.Model]), Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { });
    }

    private sealed class NoTokens : ICallerTokens
    {
        public CallerIdentity? Caller => null;

        public string? GetToken() => null;

        public IDisposable ActAs(CallerIdentity caller) => throw new NotSupportedException();
    }
}
