using System.Diagnostics;
using Grpc.Core;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.ServiceDefaults.Data;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Hosting;
using LlmPlatform.ServiceDefaults.Identity;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ModelsClient = LlmPlatform.Contracts.Models.V1.Models.ModelsClient;

namespace LlmPlatform.ServiceDefaults.Models;

/// <summary>
/// See <see cref="IModelCache"/>. A version is downloaded once, however many ask for it at the same time, into a folder
/// <c>HASH.N.partial</c> that takes its name when every file has its hash; what a dead process left half done goes at
/// the start.
/// </summary>
internal sealed class ModelCache : IModelCache, IDisposable
{
    private static readonly ActivitySource Source = new("LlmPlatform.ModelCache");

    private readonly ModelsClient _client;
    private readonly ICallerTokens _tokens;
    private readonly ModelCacheOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<ModelCache> _logger;
    private readonly CacheStore _store;
    private readonly CancellationTokenSource _stopping = new();

    public ModelCache(
        ModelsClient client,
        ICallerTokens tokens,
        DataFolder folder,
        ServiceIdentity service,
        IOptions<ModelCacheOptions> options,
        TimeProvider clock,
        ILogger<ModelCache> logger)
    {
        (_client, _tokens, _options, _clock, _logger) = (client, tokens, options.Value, clock, logger);
        _store = new CacheStore(folder.Folder(service.Name, "cache"), _options.MaxBytes, clock, logger);
    }

    public async Task<CachedModel> GetAsync(string model, CancellationToken cancellationToken)
    {
        ModelVersion version = await _client.GetAsync(new GetModelRequest { Model = model }, cancellationToken: cancellationToken);
        CacheEntry entry = _store.Enter(version, created => Detach(version, created));
        try
        {
            await entry.Ready!.WaitAsync(cancellationToken);
            return new CachedModel(version, entry.FolderPath, () => _store.Leave(entry));
        }
        catch
        {
            _store.Leave(entry);
            throw;
        }
    }

    /// <summary>Ends downloads that still run.</summary>
    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    // The download belongs to all who wait for it: it must not end with the request that happened to come first. So it
    // takes that request's caller and trace along, but neither its cancellation nor its deadline.
    private Task Detach(ModelVersion version, CacheEntry entry)
    {
        CallerIdentity? caller = _tokens.Caller;
        ActivityContext parent = Activity.Current?.Context ?? default;
        CancellationToken stopping = _stopping.Token;
        using (ExecutionContext.SuppressFlow())
        {
            return Task.Run(async () =>
            {
                using IDisposable? scope = caller is null ? null : _tokens.ActAs(caller);
                using Activity? activity = Source.StartActivity("materialize model", ActivityKind.Internal, parent);
                activity?.SetTag("llmplatform.model.name", version.Name).SetTag("llmplatform.model.version", version.Version);
                using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stopping, entry.Abandoned.Token);
                await MaterializeAsync(version, entry, end.Token);
            });
        }
    }

    private async Task MaterializeAsync(ModelVersion version, CacheEntry entry, CancellationToken cancellationToken)
    {
        if (CacheFolder.IsComplete(entry.FolderPath, version))
        {
            return;
        }

        long start = _clock.GetTimestamp();
        string partial = _store.CreatePartial(entry);
        try
        {
            await DownloadAsync(version, partial, cancellationToken);
            _store.Publish(partial, entry);
        }
        catch
        {
            CacheStore.Delete(partial, _logger);
            throw;
        }

        _logger.LogInformation(
            "Model {Name}@{Version}: {Bytes} bytes materialized in {Seconds:F1} s", version.Name, version.Version, entry.Size, _clock.GetElapsedTime(start).TotalSeconds);
    }

    private async Task DownloadAsync(ModelVersion version, string partial, CancellationToken cancellationToken)
    {
        ModelDownload download = new(_client, version, partial);
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await download.RunAsync(cancellationToken);
                return;
            }
            catch (RpcException error) when (MayPass(error.StatusCode) && !cancellationToken.IsCancellationRequested)
            {
                if (attempt >= _options.MaxAttempts)
                {
                    throw error.StatusCode == StatusCode.DataLoss
                        ? error
                        : RpcErrors.Unavailable($"the download of model {SafeValue.Cut(version.Name)} broke {attempt} times: {error.StatusCode}", TimeSpan.FromSeconds(5));
                }

                _logger.LogWarning(error, "The download of {Name}@{Version} broke (attempt {Attempt})", version.Name, version.Version, attempt);
            }

            await Task.Delay(_options.RetryDelay * (1 << Math.Min(attempt - 1, 10)), _clock, cancellationToken);
        }
    }

    // A stream that breaks ends in one of many codes; wrong bytes may be right the next time.
    private static bool MayPass(StatusCode code) =>
        code is StatusCode.Unavailable or StatusCode.Internal or StatusCode.Unknown or StatusCode.Cancelled or StatusCode.DataLoss or StatusCode.Aborted;
}
