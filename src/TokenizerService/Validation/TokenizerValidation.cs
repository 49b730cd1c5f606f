using LlmPlatform.Contracts.Tokenizer.V1;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Grpc;

namespace LlmPlatform.TokenizerService.Validation;

/// <summary>What is wrong with a request is said all at once, field by field; texts are never shown.</summary>
internal static class TokenizerValidation
{
    public static void Validate(EncodeRequest request) => new FieldValidation()
        .RequireModel(request.Model)
        .RequireHidden("text", request.Text.Length + request.TextPair.Length <= RequestLimits.MaxCharacters, $"at most {RequestLimits.MaxCharacters} characters, together with text_pair")
        .RequireOptions(request.Options)
        .ThrowIfInvalid();

    public static void Validate(EncodeBatchRequest request) => new FieldValidation()
        .RequireModel(request.Model)
        .Require("texts", request.Texts.Count, request.Texts.Count is > 0 and <= RequestLimits.MaxTexts, $"1 to {RequestLimits.MaxTexts} texts")
        .RequireHidden("texts", request.Texts.Sum(text => (long)text.Length) <= RequestLimits.MaxCharacters, $"at most {RequestLimits.MaxCharacters} characters in all texts together")
        .RequireOptions(request.Options)
        .ThrowIfInvalid();

    public static void Validate(DecodeRequest request)
    {
        FieldValidation validation = new FieldValidation()
            .RequireModel(request.Model)
            .Require("ids", request.Ids.Count, request.Ids.Count <= RequestLimits.MaxIds, $"at most {RequestLimits.MaxIds} ids");
        for (int i = 0; i < request.Ids.Count && validation.Violations.Count < RpcErrors.MaxViolations; i++)
        {
            validation.Require($"ids[{i}]", request.Ids[i], request.Ids[i] >= 0, "0 or more");
        }

        validation.ThrowIfInvalid();
    }

    public static void Validate(ListTokenizersRequest request) => new FieldValidation()
        .Require("page_size", request.PageSize, request.PageSize is >= 0 and <= RequestLimits.MaxPageSize, $"0 (the default) to {RequestLimits.MaxPageSize}")
        .ThrowIfInvalid();

    private static FieldValidation RequireOptions(this FieldValidation validation, EncodeOptions? options) =>
        options is { HasMaxLength: true } ? validation.Require("options.max_length", options.MaxLength, options.MaxLength >= 1, "1 or more") : validation;
}
