using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Loading;
using LlmPlatform.ServiceDefaults.Models;
using ModelTask = LlmPlatform.Contracts.Models.V1.ModelTask;

namespace LlmPlatform.GenerationService.Loading;

/// <summary>Loads decoder models out of the cache on disk.</summary>
internal sealed class DecoderLoader(IModelCache cache, GenerationOptions options, TimeProvider clock) : IModelLoader<LoadedDecoder>
{
    public void Check(ModelVersion version)
    {
        if (version.Task != ModelTask.TextGeneration)
        {
            string purpose = version.Task switch
            {
                ModelTask.SentenceSimilarity => "is for sentence similarity (embeddings)",
                ModelTask.FeatureExtraction => "is for feature extraction (embeddings)",
                _ => $"has model_type {SafeValue.Cut(version.ModelType)}",
            };
            throw RpcErrors.FailedPrecondition(
                "MODEL_TASK", $"model/{version.Name}", $"model {SafeValue.Cut(version.Name)} {purpose}, expected a model for text generation");
        }
    }

    // Weights are kept in the file's precision, so the files' size is close to what they take.
    public long EstimateBytes(ModelVersion version) => version.Size + version.BaseSize + options.KvCacheBytes;

    public long MeasureBytes(LoadedDecoder loaded) => loaded.Engine.WeightBytes + options.KvCacheBytes;

    public async Task<LoadedDecoder> LoadAsync(ModelVersion version, CancellationToken cancellationToken)
    {
        // Weights are copied out of the files, which may go afterwards.
        using CachedModel files = await cache.GetAsync($"{version.Name}@{version.Version}", cancellationToken);
        if (version.PeftType.Length == 0)
        {
            return LoadedDecoder.Load(files.FolderPath, adapterPath: null, options.ToEngineOptions(), clock);
        }

        // By its hash, so that it is the one the adapter was trained on, wherever the name's aliases point now.
        using CachedModel baseFiles = await cache.GetAsync(version.Lineage.Base, cancellationToken);
        return LoadedDecoder.Load(baseFiles.FolderPath, files.FolderPath, options.ToEngineOptions(), clock);
    }
}
