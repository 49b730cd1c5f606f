using System.Diagnostics;
using Google.Protobuf.Collections;
using Grpc.Core;
using LlmPlatform.Contracts.Embedding.V1;
using LlmPlatform.EmbeddingService.Loading;
using LlmPlatform.EmbeddingService.Similarity;
using LlmPlatform.EmbeddingService.Validation;
using LlmPlatform.Inference.Encoders;
using LlmPlatform.Inference.Scheduling;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Grpc;
using LlmPlatform.ServiceDefaults.Loading;
using LlmPlatform.Tokenization;
using Contract = LlmPlatform.Contracts.Embedding.V1;
using Embedding = LlmPlatform.Inference.Encoders.Embedding;
using EmbedOptions = LlmPlatform.Contracts.Embedding.V1.EmbedOptions;

namespace LlmPlatform.EmbeddingService;

/// <summary>llmplatform.embedding.v1.Embedding.</summary>
internal sealed class EmbeddingGrpc(ModelPool<LoadedEncoder> encoders) : Contract.Embedding.EmbeddingBase
{
    public override async Task<EmbedResponse> Embed(EmbedRequest request, ServerCallContext context)
    {
        EmbeddingValidation.Validate(request);
        using ModelLease<LoadedEncoder> lease = await RentAsync(request.Model, context);
        Embedding[] embeddings = await EmbedAsync(lease.Model.Encoder, request.Inputs, request.Options, context.CancellationToken);
        EmbedResponse response = new()
        {
            Model = lease.Version.Name,
            Version = lease.Version.Version,
            Dimensions = embeddings[0].Values.Length,
            Usage = Usage(embeddings),
        };
        response.Embeddings.AddRange(embeddings.Select(ToVector));
        return response;
    }

    /// <summary>
    /// A message is read when the results of the one before have been taken, so a slow reader slows its writer down and
    /// nothing piles up here.
    /// </summary>
    public override async Task EmbedStream(
        IAsyncStreamReader<EmbedStreamRequest> requestStream, IServerStreamWriter<EmbedStreamResponse> responseStream, ServerCallContext context)
    {
        if (!await requestStream.MoveNext(context.CancellationToken))
        {
            throw RpcErrors.InvalidArgument("model", "", "a first message with the model");
        }

        EmbedStreamRequest first = requestStream.Current;
        EmbeddingValidation.ValidateFirst(first);
        using ModelLease<LoadedEncoder> lease = await RentAsync(first.Model, context);
        EmbeddingValidation.ValidateFor(lease.Model.Encoder, [], first.Options);
        long index = 0;
        long tokens = 0;
        do
        {
            EmbedStreamRequest message = requestStream.Current;
            EmbeddingValidation.ValidateNext(message);
            if (message.Inputs.Count == 0)
            {
                continue;
            }

            Embedding[] embeddings = await EmbedAsync(lease.Model.Encoder, message.Inputs, first.Options, context.CancellationToken);
            tokens += embeddings.Sum(embedding => (long)embedding.TokenCount);
            Activity.Current?.SetTag("gen_ai.usage.input_tokens", tokens);
            EmbedStreamResponse response = new()
            {
                Model = lease.Version.Name,
                Version = lease.Version.Version,
                Dimensions = embeddings[0].Values.Length,
                FirstIndex = index,
                Usage = Usage(embeddings),
            };
            response.Embeddings.AddRange(embeddings.Select(ToVector));
            await responseStream.WriteAsync(response, context.CancellationToken);
            index += embeddings.Length;
        }
        while (await requestStream.MoveNext(context.CancellationToken));
    }

    public override async Task<SimilarityResponse> Similarity(SimilarityRequest request, ServerCallContext context)
    {
        EmbeddingValidation.Validate(request);
        using ModelLease<LoadedEncoder> lease = await RentAsync(request.Model, context);
        SentenceEncoder encoder = lease.Model.Encoder;
        Embedding[] sources = await EmbedAsync(encoder, [.. request.Sources.Select(ToInput)], new EmbedOptions { InputType = request.SourceInputType }, context.CancellationToken);
        Embedding[] targets = await EmbedAsync(encoder, [.. request.Targets.Select(ToInput)], new EmbedOptions { InputType = request.TargetInputType }, context.CancellationToken);
        float[] scores = [.. from source in sources from target in targets select SimilarityFunction.Score(encoder.SimilarityFunction, source.Values, target.Values)];
        return new SimilarityResponse
        {
            Model = lease.Version.Name,
            Version = lease.Version.Version,
            SimilarityFnName = encoder.SimilarityFunction,
            Scores = PackedFloats.Pack(scores),
            Usage = Usage([.. sources, .. targets]),
        };
    }

    private async Task<ModelLease<LoadedEncoder>> RentAsync(string model, ServerCallContext context)
    {
        ModelLease<LoadedEncoder> lease = await encoders.RentAsync(model, context.CancellationToken);
        Activity.Current?
            .SetTag("gen_ai.operation.name", "embeddings")
            .SetTag("gen_ai.provider.name", "llmplatform")
            .SetTag("gen_ai.request.model", model)
            .SetTag("gen_ai.response.model", lease.Version.Name);
        return lease;
    }

    private static async Task<Embedding[]> EmbedAsync(SentenceEncoder encoder, RepeatedField<EmbedInput> inputs, EmbedOptions? options, CancellationToken cancellationToken)
    {
        options ??= new EmbedOptions();
        EmbeddingValidation.ValidateFor(encoder, inputs, options);
        int dimensions = options.HasDimensions ? options.Dimensions : encoder.Dimensions;
        long bytes = (long)inputs.Count * dimensions * sizeof(float);
        if (bytes > PlatformGrpc.MaxMessageBytes)
        {
            throw RpcErrors.InvalidArgument("inputs", inputs.Count, $"at most {PlatformGrpc.MaxMessageBytes / (dimensions * sizeof(float))} inputs a message for vectors of {dimensions} dimensions");
        }

        Inference.Encoders.EmbedOptions how = new()
        {
            Prompt = PromptNames.Resolve(options.InputType, encoder.Prompts, encoder.DefaultPromptName),
            Dimensions = options.HasDimensions ? options.Dimensions : null,
            // Shortened vectors are given length 1 again unless the caller wants them raw.
            Normalize = options.HasNormalize ? options.Normalize : options.HasDimensions ? true : null,
            Truncate = !options.HasTruncate || options.Truncate,
        };
        Embedding[] embeddings = new Embedding[inputs.Count];
        foreach (bool areIds in (bool[])[false, true])
        {
            int[] indices = [.. Enumerable.Range(0, inputs.Count).Where(i => (inputs[i].InputCase == EmbedInput.InputOneofCase.Tokens) == areIds)];
            if (indices.Length == 0)
            {
                continue;
            }

            EncoderInput[] batch = [.. indices.Select(i => areIds ? EncoderInput.FromIds([.. inputs[i].Tokens.Ids]) : EncoderInput.FromText(inputs[i].Text))];
            Embedding[] results = await RunAsync(encoder, batch, areIds ? how with { Prompt = "" } : how, cancellationToken);
            for (int i = 0; i < indices.Length; i++)
            {
                embeddings[indices[i]] = results[i];
            }
        }

        Activity.Current?.SetTag("gen_ai.usage.input_tokens", embeddings.Sum(embedding => (long)embedding.TokenCount));
        return embeddings;
    }

    private static async Task<Embedding[]> RunAsync(SentenceEncoder encoder, EncoderInput[] inputs, Inference.Encoders.EmbedOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return await encoder.EmbedAsync(inputs, options, cancellationToken);
        }
        catch (PromptTooLongException tooLong)
        {
            throw RpcErrors.InvalidArgument("inputs", $"{tooLong.PromptTokens} tokens", $"at most {tooLong.ContextLength} tokens an input, or truncate");
        }
        catch (TokenizationException)
        {
            throw RpcErrors.InvalidArgument("inputs", null, "inputs that the model's tokenizer can encode");
        }
    }

    private static EmbedInput ToInput(string text) => new() { Text = text };

    private static EmbeddingVector ToVector(Embedding embedding) => new()
    {
        Values = PackedFloats.Pack(embedding.Values),
        TokenCount = embedding.TokenCount,
        Truncated = embedding.Truncated,
    };

    private static EmbedUsage Usage(IEnumerable<Embedding> embeddings) => new() { PromptTokens = embeddings.Sum(embedding => (long)embedding.TokenCount) };
}
