using System.Diagnostics;
using Grpc.Core;
using LlmPlatform.Contracts.Generation.V1;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.GenerationService.Loading;
using LlmPlatform.GenerationService.Prompts;
using LlmPlatform.GenerationService.Validation;
using LlmPlatform.Inference.Diagnostics;
using LlmPlatform.Inference.Scheduling;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Identity;
using LlmPlatform.ServiceDefaults.Loading;
using LlmPlatform.Tokenization;
using Contract = LlmPlatform.Contracts.Generation.V1;
using FinishReason = LlmPlatform.Inference.Scheduling.FinishReason;

namespace LlmPlatform.GenerationService;

/// <summary>llmplatform.generation.v1.Generation.</summary>
internal sealed class GenerationGrpc(ModelPool<LoadedDecoder> decoders, GenerationOptions options, TimeProvider clock) : Contract.Generation.GenerationBase
{
    private const string AssistantRole = "assistant";

    private readonly GenerationValidation _validation = new(options);

    public override async Task Generate(GenerateRequest request, IServerStreamWriter<GenerateResponse> responseStream, ServerCallContext context)
    {
        _validation.Validate(request);
        using ModelLease<LoadedDecoder> lease = await decoders.RentAsync(request.Model, context.CancellationToken);
        string id = NewId();
        GenerationTags.Begin(Activity.Current, "text_completion", request.Model, lease.Version.Name, id);
        IReadOnlyList<int> prompt = PromptIds(request, lease.Model);
        await foreach (GenerationChunk chunk in Run(lease, prompt, "prompt", request.Sampling, request.Stopping, context.CancellationToken))
        {
            GenerateResponse response = new()
            {
                Id = id,
                Model = lease.Version.Name,
                Version = lease.Version.Version,
                Text = chunk.Text,
                FinishReason = ToContract(chunk.FinishReason),
                Usage = ToUsage(chunk),
            };
            response.TokenIds.AddRange(chunk.TokenIds);
            await responseStream.WriteAsync(response, context.CancellationToken);
        }
    }

    public override async Task Chat(ChatRequest request, IServerStreamWriter<ChatResponse> responseStream, ServerCallContext context)
    {
        _validation.Validate(request);
        using ModelLease<LoadedDecoder> lease = await decoders.RentAsync(request.Model, context.CancellationToken);
        string id = NewId();
        GenerationTags.Begin(Activity.Current, "chat", request.Model, lease.Version.Name, id);
        string text = ChatPrompt.Render(request, lease.Version, lease.Model, clock);
        int[] prompt = Encode(lease.Model.Tokenizer, text, "messages", addSpecialTokens: false);
        string role = AssistantRole;
        await foreach (GenerationChunk chunk in Run(lease, prompt, "messages", request.Sampling, request.Stopping, context.CancellationToken))
        {
            ChatResponse response = new()
            {
                Id = id,
                Model = lease.Version.Name,
                Version = lease.Version.Version,
                Role = role,
                Content = chunk.Text,
                FinishReason = ToContract(chunk.FinishReason),
                Usage = ToUsage(chunk),
            };
            response.TokenIds.AddRange(chunk.TokenIds);
            role = "";
            await responseStream.WriteAsync(response, context.CancellationToken);
        }
    }

    public override Task<GetStatusResponse> GetStatus(GetStatusRequest request, ServerCallContext context)
    {
        GetStatusResponse response = new() { Processor = Hardware.Processor, Kernels = Hardware.Kernels };
        foreach ((ModelVersion version, LoadedDecoder decoder) in decoders.Loaded(context.GetCaller().Tenant))
        {
            EngineStatus status = decoder.Engine.GetStatus();
            response.Models.Add(new LoadedModel
            {
                Model = version.Name,
                Version = version.Version,
                ActiveSequences = status.ActiveSequences,
                WaitingSequences = status.WaitingSequences,
                MaxActiveSequences = options.MaxActiveSequences,
                MaxWaitingSequences = options.MaxWaitingSequences,
                Steps = status.StepsExecuted,
                GeneratedTokens = status.TokensGenerated,
                WeightBytes = decoder.Engine.WeightBytes,
            });
        }

        return Task.FromResult(response);
    }

    private static async IAsyncEnumerable<GenerationChunk> Run(
        ModelLease<LoadedDecoder> lease,
        IReadOnlyList<int> prompt,
        string field,
        SamplingParameters? sampling,
        StoppingParameters? stopping,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        GenerationRequest request = new()
        {
            PromptIds = prompt,
            Sampling = SamplingDefaults.Resolve(sampling, lease.Model.Recommended),
            MaxTokens = stopping is { HasMaxTokens: true } ? stopping.MaxTokens : lease.Model.Engine.ContextLength,
            Stop = stopping is null ? [] : [.. stopping.Stop],
            EosTokenIds = stopping is { IgnoreEos: true } ? [] : null,
        };
        Activity? span = Activity.Current;
        await foreach (GenerationChunk chunk in Start(lease.Model.Engine, request, field, cancellationToken))
        {
            GenerationTags.Progress(span, chunk);
            yield return chunk;
        }
    }

    private static IAsyncEnumerable<GenerationChunk> Start(GenerationEngine engine, GenerationRequest request, string field, CancellationToken cancellationToken)
    {
        try
        {
            return engine.GenerateAsync(request, cancellationToken);
        }
        catch (PromptTooLongException tooLong)
        {
            throw RpcErrors.InvalidArgument(
                field, $"{tooLong.PromptTokens} tokens", $"at most {tooLong.ContextLength - 1} tokens: the context of {tooLong.ContextLength} holds prompt and answer");
        }
    }

    private static IReadOnlyList<int> PromptIds(GenerateRequest request, LoadedDecoder decoder)
    {
        if (request.InputCase == GenerateRequest.InputOneofCase.Prompt)
        {
            return Encode(decoder.Tokenizer, request.Prompt, "prompt", !request.HasAddSpecialTokens || request.AddSpecialTokens);
        }

        FieldValidation validation = new();
        int vocabulary = decoder.Engine.VocabularySize;
        for (int i = 0; i < request.PromptTokens.Ids.Count && !validation.HasViolations; i++)
        {
            int id = request.PromptTokens.Ids[i];
            validation.Require($"prompt_tokens.ids[{i}]", id, id < vocabulary, $"0 to {vocabulary - 1}, the model's vocabulary");
        }

        validation.ThrowIfInvalid();
        return request.PromptTokens.Ids;
    }

    private static int[] Encode(Tokenizer tokenizer, string text, string field, bool addSpecialTokens)
    {
        int[] ids;
        try
        {
            ids = tokenizer.EncodeIds(text, addSpecialTokens);
        }
        catch (TokenizationException)
        {
            throw RpcErrors.InvalidArgument(field, null, "text that the model's tokenizer can encode");
        }

        return ids.Length > 0 ? ids : throw RpcErrors.InvalidArgument(field, "0 tokens", "at least one token");
    }

    private static Contract.FinishReason ToContract(FinishReason? reason) => reason switch
    {
        FinishReason.Stop => Contract.FinishReason.Stop,
        FinishReason.Length => Contract.FinishReason.Length,
        _ => Contract.FinishReason.Unspecified,
    };

    // Usage only where it is complete, in the last message.
    private static Usage? ToUsage(GenerationChunk chunk) => chunk.FinishReason is null
        ? null
        : new Usage { PromptTokens = chunk.PromptTokens, CompletionTokens = chunk.CompletionTokens };

    private static string NewId() => $"gen-{Guid.NewGuid():N}";
}
