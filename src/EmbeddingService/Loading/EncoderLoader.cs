using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.Hub;
using LlmPlatform.Inference.Encoders;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Loading;
using LlmPlatform.ServiceDefaults.Models;
using LlmPlatform.Tokenization;
using ModelTask = LlmPlatform.Contracts.Models.V1.ModelTask;

namespace LlmPlatform.EmbeddingService.Loading;

/// <summary>Loads encoder models out of the cache on disk.</summary>
internal sealed class EncoderLoader(IModelCache cache, EmbeddingOptions options) : IModelLoader<LoadedEncoder>
{
    public void Check(ModelVersion version)
    {
        if (version.Task is not (ModelTask.SentenceSimilarity or ModelTask.FeatureExtraction))
        {
            string purpose = version.Task == ModelTask.TextGeneration ? "is for text generation" : $"has model_type {SafeValue.Cut(version.ModelType)}";
            throw RpcErrors.FailedPrecondition(
                "MODEL_TASK", $"model/{version.Name}", $"model {SafeValue.Cut(version.Name)} {purpose}, expected a model for embeddings");
        }
    }

    // Weights are kept in the file's precision, so the files' size is close to what they take.
    public long EstimateBytes(ModelVersion version) => version.Size;

    public long MeasureBytes(LoadedEncoder loaded) => loaded.Encoder.WeightBytes;

    public async Task<LoadedEncoder> LoadAsync(ModelVersion version, CancellationToken cancellationToken)
    {
        // Weights are copied out of the files, which may go afterwards.
        using CachedModel files = await cache.GetAsync($"{version.Name}@{version.Version}", cancellationToken);
        ModelFolder folder = ModelFolder.Open(files.FolderPath);
        return new LoadedEncoder(SentenceEncoder.Load(folder, folder.ReadTokenizer(), options.ToEncoderOptions()));
    }
}
