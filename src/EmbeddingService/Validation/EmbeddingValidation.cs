using Google.Protobuf.Collections;
using LlmPlatform.Contracts.Embedding.V1;
using LlmPlatform.Inference.Encoders;
using LlmPlatform.ServiceDefaults.Errors;
using EmbedOptions = LlmPlatform.Contracts.Embedding.V1.EmbedOptions;

namespace LlmPlatform.EmbeddingService.Validation;

/// <summary>What is wrong with a request is said all at once, field by field; texts are never shown.</summary>
internal static class EmbeddingValidation
{
    public const int MaxInputs = 256;

    /// <summary>UTF-16 code units of all texts, or ids of all inputs, of one message.</summary>
    public const int MaxCharacters = 1 << 20;

    public static void Validate(EmbedRequest request)
    {
        FieldValidation validation = new FieldValidation().RequireModel(request.Model);
        RequireInputs(validation, request.Inputs, 1);
        RequireOptions(validation, request.Options);
        validation.ThrowIfInvalid();
    }

    /// <summary>The first message of a stream; its inputs may come later.</summary>
    public static void ValidateFirst(EmbedStreamRequest request)
    {
        FieldValidation validation = new FieldValidation().RequireModel(request.Model);
        RequireInputs(validation, request.Inputs, 0);
        RequireOptions(validation, request.Options);
        validation.ThrowIfInvalid();
    }

    /// <summary>A message after the first: its model and options are not read.</summary>
    public static void ValidateNext(EmbedStreamRequest request)
    {
        FieldValidation validation = new();
        RequireInputs(validation, request.Inputs, 0);
        validation.ThrowIfInvalid();
    }

    public static void Validate(SimilarityRequest request) => new FieldValidation()
        .RequireModel(request.Model)
        .Require("sources", request.Sources.Count, request.Sources.Count is > 0 and <= MaxInputs, $"1 to {MaxInputs} texts")
        .Require("targets", request.Targets.Count, request.Targets.Count is > 0 and <= MaxInputs, $"1 to {MaxInputs} texts")
        .RequireHidden(
            "sources",
            request.Sources.Sum(text => (long)text.Length) + request.Targets.Sum(text => (long)text.Length) <= MaxCharacters,
            $"at most {MaxCharacters} characters in sources and targets together")
        .RequireInputType("source_input_type", request.SourceInputType)
        .RequireInputType("target_input_type", request.TargetInputType)
        .ThrowIfInvalid();

    /// <summary>What can only be checked once the model is loaded.</summary>
    public static void ValidateFor(SentenceEncoder encoder, RepeatedField<EmbedInput> inputs, EmbedOptions? options)
    {
        FieldValidation validation = new();
        if (options is { HasDimensions: true })
        {
            validation.Require("options.dimensions", options.Dimensions, options.Dimensions <= encoder.Dimensions, $"at most the model's {encoder.Dimensions}");
        }

        for (int i = 0; i < inputs.Count && validation.Violations.Count < RpcErrors.MaxViolations; i++)
        {
            int wrong = inputs[i].Tokens?.Ids.FirstOrDefault(id => id >= encoder.VocabularySize) ?? 0;
            validation.Require($"inputs[{i}].tokens.ids", wrong, wrong == 0, $"0 to {encoder.VocabularySize - 1}, the model's vocabulary");
        }

        validation.ThrowIfInvalid();
    }

    private static void RequireInputs(FieldValidation validation, RepeatedField<EmbedInput> inputs, int min)
    {
        validation.Require("inputs", inputs.Count, inputs.Count >= min && inputs.Count <= MaxInputs, $"{min} to {MaxInputs} inputs");
        long length = 0;
        for (int i = 0; i < inputs.Count && validation.Violations.Count < RpcErrors.MaxViolations; i++)
        {
            switch (inputs[i].InputCase)
            {
                case EmbedInput.InputOneofCase.Text:
                    length += inputs[i].Text.Length;
                    break;
                case EmbedInput.InputOneofCase.Tokens:
                    RepeatedField<int> ids = inputs[i].Tokens.Ids;
                    length += ids.Count;
                    int negative = ids.FirstOrDefault(id => id < 0);
                    validation.Require($"inputs[{i}].tokens.ids", ids.Count, ids.Count > 0, "at least one id");
                    validation.Require($"inputs[{i}].tokens.ids", negative, negative == 0, "0 or more");
                    break;
                default:
                    validation.RequireHidden($"inputs[{i}]", false, "text or tokens");
                    break;
            }
        }

        validation.RequireHidden("inputs", length <= MaxCharacters, $"at most {MaxCharacters} characters or ids in all inputs together");
    }

    private static void RequireOptions(FieldValidation validation, EmbedOptions? options)
    {
        if (options is null)
        {
            return;
        }

        validation.RequireInputType("options.input_type", options.InputType);
        if (options.HasDimensions)
        {
            validation.Require("options.dimensions", options.Dimensions, options.Dimensions >= 1, "1 or more");
        }
    }

    private static FieldValidation RequireInputType(this FieldValidation validation, string field, InputType value) =>
        validation.Require(field, value, Enum.IsDefined(value), "query, document or none");
}
