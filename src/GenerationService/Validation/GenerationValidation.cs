using Google.Protobuf.Collections;
using LlmPlatform.Contracts.Generation.V1;
using LlmPlatform.ServiceDefaults.Errors;

namespace LlmPlatform.GenerationService.Validation;

/// <summary>What is wrong with a request is said all at once, field by field; prompts and stop strings are never shown.</summary>
internal sealed class GenerationValidation(GenerationOptions options)
{
    private const int MaxMessages = 4096;
    private const int MaxRoleLength = 64;
    private const int MaxStopStrings = 4;
    private const int MaxStopLength = 256;
    private const string Assistant = "assistant";

    public void Validate(GenerateRequest request)
    {
        FieldValidation validation = new FieldValidation().RequireModel(request.Model);
        switch (request.InputCase)
        {
            case GenerateRequest.InputOneofCase.Prompt:
                RequireLength(validation, "prompt", request.Prompt.Length);
                break;
            case GenerateRequest.InputOneofCase.PromptTokens:
                RequireIds(validation, request.PromptTokens.Ids);
                break;
            default:
                validation.RequireHidden("prompt", false, "a prompt or prompt_tokens");
                break;
        }

        RequireSampling(validation, request.Sampling);
        RequireStopping(validation, request.Stopping);
        validation.ThrowIfInvalid();
    }

    public void Validate(ChatRequest request)
    {
        FieldValidation validation = new FieldValidation()
            .RequireModel(request.Model)
            .Require("messages", request.Messages.Count, request.Messages.Count is > 0 and <= MaxMessages, $"1 to {MaxMessages} messages");
        for (int i = 0; i < request.Messages.Count && validation.Violations.Count < RpcErrors.MaxViolations; i++)
        {
            validation.RequireText($"messages[{i}].role", request.Messages[i].Role, MaxRoleLength);
            if (request.Messages[i].HasName)
            {
                validation.RequireText($"messages[{i}].name", request.Messages[i].Name, MaxRoleLength);
            }
        }

        RequireLength(validation, "messages", request.Messages.Sum(message => (long)message.Content.Length));
        if (request.ContinueFinalMessage && request.Messages.Count > 0)
        {
            int last = request.Messages.Count - 1;
            validation.Require($"messages[{last}].role", request.Messages[last].Role, request.Messages[last].Role == Assistant, $"{Assistant}, as continue_final_message is set");
        }

        RequireSampling(validation, request.Sampling);
        RequireStopping(validation, request.Stopping);
        validation.ThrowIfInvalid();
    }

    private static void RequireIds(FieldValidation validation, RepeatedField<int> ids)
    {
        validation.Require("prompt_tokens.ids", ids.Count, ids.Count > 0, "at least one id");
        for (int i = 0; i < ids.Count && validation.Violations.Count < RpcErrors.MaxViolations; i++)
        {
            validation.Require($"prompt_tokens.ids[{i}]", ids[i], ids[i] >= 0, "0 or more");
        }
    }

    private static void RequireSampling(FieldValidation validation, SamplingParameters? sampling)
    {
        if (sampling is null)
        {
            return;
        }

        if (sampling.HasTemperature)
        {
            validation.RequireRange("sampling.temperature", sampling.Temperature, 0, 2);
        }

        if (sampling.HasTopP)
        {
            validation.Require("sampling.top_p", sampling.TopP, sampling.TopP is > 0 and <= 1, "a number above 0, at most 1");
        }

        if (sampling.HasTopK)
        {
            validation.Require("sampling.top_k", sampling.TopK, sampling.TopK >= 0, "0 (all) or more");
        }
    }

    private static void RequireStopping(FieldValidation validation, StoppingParameters? stopping)
    {
        if (stopping is null)
        {
            return;
        }

        if (stopping.HasMaxTokens)
        {
            validation.Require("stopping.max_tokens", stopping.MaxTokens, stopping.MaxTokens >= 1, "1 or more");
        }

        validation.Require("stopping.stop", stopping.Stop.Count, stopping.Stop.Count <= MaxStopStrings, $"at most {MaxStopStrings} strings");
        for (int i = 0; i < Math.Min(stopping.Stop.Count, MaxStopStrings); i++)
        {
            validation.RequireHidden($"stopping.stop[{i}]", stopping.Stop[i].Length is > 0 and <= MaxStopLength, $"1 to {MaxStopLength} characters");
        }
    }

    private void RequireLength(FieldValidation validation, string field, long characters) =>
        validation.RequireHidden(field, characters <= options.MaxPromptCharacters, $"at most {options.MaxPromptCharacters} characters in all");
}
