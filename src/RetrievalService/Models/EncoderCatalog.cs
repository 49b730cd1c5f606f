using Grpc.Core;
using LlmPlatform.Contracts.Embedding.V1;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.ServiceDefaults.Errors;
using EmbeddingClient = LlmPlatform.Contracts.Embedding.V1.Embedding.EmbeddingClient;
using ModelsClient = LlmPlatform.Contracts.Models.V1.Models.ModelsClient;

namespace LlmPlatform.RetrievalService.Models;

/// <summary>Finds encoders and what they are like, for whoever the calls are made for.</summary>
internal sealed partial class EncoderCatalog(ModelsClient models, EmbeddingClient embedding, RetrievalOptions options, ILogger<EncoderCatalog> log)
{
    private const int MinProbeWords = 64;
    private const int MaxProbeWords = 4200;
    private const int UnknownWindow = 512;
    private const int ProbeMargin = 16;

    private static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(60);

    /// <summary>The encoder that callers mean who name none; null when there is none that works now.</summary>
    public async Task<Encoder?> FindDefaultAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(DefaultLimit);
        try
        {
            return await FindDefaultVersionAsync(limit.Token) is { } version ? await ProbeAsync(version, limit.Token) : null;
        }
        catch (Exception exception) when (exception is RpcException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            LogNoDefault(exception is RpcException error ? error.Status.Detail : "it took too long");
            return null;
        }
    }

    /// <summary>The encoder of a name, <c>name@version</c> or <c>name@alias</c>.</summary>
    /// <exception cref="RpcException">It is not there, or is no encoder.</exception>
    public async Task<Encoder> FindAsync(string field, string model, CancellationToken cancellationToken)
    {
        ModelVersion version = await models.GetAsync(new GetModelRequest { Model = model }, cancellationToken: cancellationToken);
        return IsEncoder(version)
            ? await ProbeAsync(version, cancellationToken)
            : throw RpcErrors.InvalidArgument(field, model, "a model that embeds texts");
    }

    private async Task<ModelVersion?> FindDefaultVersionAsync(CancellationToken cancellationToken)
    {
        if (options.Encoder.Length > 0)
        {
            try
            {
                return await models.GetAsync(new GetModelRequest { Model = options.Encoder }, cancellationToken: cancellationToken);
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
            {
                return null;
            }
        }

        foreach (ModelTask task in (ModelTask[])[ModelTask.SentenceSimilarity, ModelTask.FeatureExtraction])
        {
            ListModelsResponse response = await models.ListAsync(new ListModelsRequest { Tasks = { task }, PageSize = 1 }, cancellationToken: cancellationToken);
            if (response.Models.Count > 0)
            {
                return response.Models[0];
            }
        }

        return null;
    }

    /// <summary>
    /// Embeds a word and a text that is surely too long: the vectors tell the dimensions, and the counts how many tokens
    /// a text may have beside the prompt and the special tokens.
    /// </summary>
    private async Task<Encoder> ProbeAsync(ModelVersion version, CancellationToken cancellationToken)
    {
        int words = Math.Clamp(version.MaxPositionEmbeddings, MinProbeWords, MaxProbeWords) + ProbeMargin;
        EmbedResponse response = await embedding.EmbedAsync(
            new EmbedRequest
            {
                Model = $"{version.Name}@{version.Version}",
                Inputs = { new EmbedInput { Text = "a" }, new EmbedInput { Text = string.Join(' ', Enumerable.Repeat("a", words)) } },
                Options = new EmbedOptions { InputType = InputType.Document },
            },
            cancellationToken: cancellationToken);
        int around = Math.Max(0, response.Embeddings[0].TokenCount - 1);
        int window = response.Embeddings[1].Truncated ? response.Embeddings[1].TokenCount - around : UnknownWindow;
        return new Encoder(version.Name, version.Version, response.Dimensions, Math.Max(1, window), version.HasTokenizer);
    }

    private static bool IsEncoder(ModelVersion version) => version.Task is ModelTask.SentenceSimilarity or ModelTask.FeatureExtraction;

    [LoggerMessage(LogLevel.Debug, "No default encoder now: {Reason}")]
    private partial void LogNoDefault(string reason);
}
