using Google.Protobuf;
using Grpc.Core;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.Contracts.Tokenizer.V1;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Grpc;
using LlmPlatform.ServiceDefaults.Loading;
using LlmPlatform.Tokenization;
using LlmPlatform.TokenizerService.Loading;
using LlmPlatform.TokenizerService.Validation;
using Contract = LlmPlatform.Contracts.Tokenizer.V1;
using EncodeOptions = LlmPlatform.Contracts.Tokenizer.V1.EncodeOptions;
using Encoding = LlmPlatform.Tokenization.Encoding;

namespace LlmPlatform.TokenizerService;

/// <summary>llmplatform.tokenizer.v1.Tokenizer.</summary>
internal sealed class TokenizerGrpc(ModelPool<LoadedTokenizer> tokenizers, Models.ModelsClient models) : Contract.Tokenizer.TokenizerBase
{
    public override async Task<EncodeResponse> Encode(EncodeRequest request, ServerCallContext context)
    {
        TokenizerValidation.Validate(request);
        using ModelLease<LoadedTokenizer> lease = await tokenizers.RentAsync(request.Model, context.CancellationToken);
        EncodeInput input = EncodeInput.FromText(request.Text, request.HasTextPair ? request.TextPair : null);
        EncodeResponse response = new()
        {
            Model = lease.Version.Name,
            Version = lease.Version.Version,
            Encoding = Encode(lease.Model, input, request.Options),
        };
        return Fitting(response, "text");
    }

    public override async Task<EncodeBatchResponse> EncodeBatch(EncodeBatchRequest request, ServerCallContext context)
    {
        TokenizerValidation.Validate(request);
        using ModelLease<LoadedTokenizer> lease = await tokenizers.RentAsync(request.Model, context.CancellationToken);
        EncodeBatchResponse response = new() { Model = lease.Version.Name, Version = lease.Version.Version };
        foreach (string text in request.Texts)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            response.Encodings.Add(Encode(lease.Model, EncodeInput.FromText(text), request.Options));
        }

        return Fitting(response, "texts");
    }

    public override async Task<DecodeResponse> Decode(DecodeRequest request, ServerCallContext context)
    {
        TokenizerValidation.Validate(request);
        using ModelLease<LoadedTokenizer> lease = await tokenizers.RentAsync(request.Model, context.CancellationToken);
        bool skipSpecialTokens = !request.HasSkipSpecialTokens || request.SkipSpecialTokens;
        DecodeResponse response = new()
        {
            Model = lease.Version.Name,
            Version = lease.Version.Version,
            Text = lease.Model.Tokenizer.Decode([.. request.Ids], skipSpecialTokens),
        };
        return Fitting(response, "ids");
    }

    public override async Task<ListTokenizersResponse> ListTokenizers(ListTokenizersRequest request, ServerCallContext context)
    {
        TokenizerValidation.Validate(request);
        ListModelsResponse page = await models.ListAsync(
            new ListModelsRequest { PageSize = request.PageSize, PageToken = request.PageToken }, cancellationToken: context.CancellationToken);
        ListTokenizersResponse response = new() { NextPageToken = page.NextPageToken };
        response.Tokenizers.AddRange(page.Models
            .Where(model => model.HasTokenizer)
            .Select(model => new TokenizerInfo { Model = model.Name, Version = model.Version, Tenant = model.Tenant }));
        return response;
    }

    private static Contract.Encoding Encode(LoadedTokenizer loaded, EncodeInput input, EncodeOptions? options)
    {
        Tokenization.EncodeOptions how = new() { AddSpecialTokens = options is not { HasAddSpecialTokens: true } || options.AddSpecialTokens };
        Encoding encoding = loaded.Tokenizer.Encode(input, how);
        bool truncated = options is { HasMaxLength: true } && encoding.Ids.Length > options.MaxLength;
        if (truncated)
        {
            encoding = Truncate(loaded.Tokenizer, input, how with { Truncation = new TruncationOptions(options!.MaxLength) });
        }

        Contract.Encoding result = new() { Truncated = truncated };
        result.Ids.AddRange(encoding.Ids);
        result.TypeIds.AddRange(encoding.TypeIds);
        result.SpecialTokensMask.AddRange(encoding.SpecialTokensMask);
        if (options is { ReturnTokens: true })
        {
            result.Tokens.AddRange(encoding.Tokens);
        }

        if (options is { ReturnOffsets: true })
        {
            result.Offsets.AddRange(encoding.Offsets.Select(offset => new Offset { Start = offset.Start, End = offset.End }));
        }

        return result;
    }

    private static Encoding Truncate(Tokenization.Tokenizer tokenizer, EncodeInput input, Tokenization.EncodeOptions options)
    {
        try
        {
            return tokenizer.Encode(input, options);
        }
        catch (TokenizationException)
        {
            throw RpcErrors.InvalidArgument("options.max_length", options.Truncation!.MaxLength, "room for the special tokens");
        }
    }

    // Offsets and token strings can be many times the text's length.
    private static TResponse Fitting<TResponse>(TResponse response, string field)
        where TResponse : IMessage => response.CalculateSize() <= PlatformGrpc.MaxMessageBytes
            ? response
            : throw RpcErrors.InvalidArgument(field, null, $"a result of at most {PlatformGrpc.MaxMessageBytes} bytes; send less in one call, or ask for no tokens and offsets");
}
