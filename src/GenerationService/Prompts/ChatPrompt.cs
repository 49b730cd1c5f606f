using System.Text.Json.Nodes;
using LlmPlatform.Contracts.Generation.V1;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.GenerationService.Loading;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.Tokenization.ChatTemplates;

namespace LlmPlatform.GenerationService.Prompts;

/// <summary>A conversation as the prompt that the model was trained on.</summary>
internal static class ChatPrompt
{
    /// <summary>Renders the model's template. The text holds the special tokens already.</summary>
    /// <exception cref="Grpc.Core.RpcException">
    /// FAILED_PRECONDITION: the model has no template, or a broken one; INVALID_ARGUMENT: the template refuses the conversation.
    /// </exception>
    public static string Render(ChatRequest request, ModelVersion version, LoadedDecoder decoder, TimeProvider clock)
    {
        ChatTemplate template = Template(version, decoder);
        try
        {
            return template.Render(new ChatTemplateInput
            {
                Messages = [.. request.Messages.Select(ToJson)],
                AddGenerationPrompt = !request.ContinueFinalMessage,
                ContinueFinalMessage = request.ContinueFinalMessage,
                BosToken = decoder.BosToken,
                EosToken = decoder.EosToken,
                Extra = decoder.SpecialTokens,
                TimeProvider = clock,
            });
        }
        catch (ChatTemplateException refusal)
        {
            // The template's own words, cut: it may have put a part of the conversation into them.
            throw RpcErrors.InvalidArgument("messages", null, $"a conversation that the model's chat template accepts; it says: {SafeValue.Cut(refusal.Message)}");
        }
    }

    private static ChatTemplate Template(ModelVersion version, LoadedDecoder decoder)
    {
        try
        {
            return decoder.Template ?? throw RpcErrors.FailedPrecondition(
                "CHAT_TEMPLATE", $"model/{version.Name}", $"model {SafeValue.Cut(version.Name)} has no chat template, expected chat_template.jinja or chat_template in tokenizer_config.json");
        }
        catch (ChatTemplateException broken)
        {
            throw RpcErrors.FailedPrecondition(
                "CHAT_TEMPLATE", $"model/{version.Name}", $"the chat template of model {SafeValue.Cut(version.Name)} does not compile: line {broken.Line}: {broken.Message}");
        }
    }

    private static JsonObject ToJson(ChatMessage message)
    {
        JsonObject json = new() { ["role"] = message.Role, ["content"] = message.Content };
        if (message.HasName)
        {
            json["name"] = message.Name;
        }

        return json;
    }
}
