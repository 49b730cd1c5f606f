using System.Text.Json;
using LlmPlatform.Contracts.Generation.V1;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.OpenAi.Generation;
using LlmPlatform.Gateway.OpenAi.Requests;

namespace LlmPlatform.Gateway.OpenAi.Chat;

/// <summary>Reads and checks the body of a chat completion.</summary>
internal static class ChatCompletionRequestReader
{
    public static ChatCompletionRequest Read(RequestFields fields)
    {
        string model = fields.TakeRequiredString("model");
        IReadOnlyList<ChatMessage> messages = ChatMessageReader.Read(fields);
        bool? stream = fields.TakeBoolean("stream");
        Sampling sampling = Sampling.Read(fields);
        ChatCompletionRequest request = new()
        {
            Model = model,
            Messages = messages,
            Stream = stream,
            StreamOptions = StreamOptions.Read(fields, stream ?? false),
            Temperature = sampling.Temperature,
            TopP = sampling.TopP,
            TopK = sampling.TopK,
            Seed = sampling.Seed,
            Stop = sampling.Stop,
            Sampling = sampling,
            MaxTokens = fields.TakeInt32("max_tokens", 1),
            MaxCompletionTokens = fields.TakeInt32("max_completion_tokens", 1),
        };
        if (request is { MaxTokens: { } old, MaxCompletionTokens: { } current } && old != current)
        {
            throw InvalidRequest.WrongHiddenValue(
                fields.ParamOf("max_tokens"), $"it is {old} and 'max_completion_tokens' is {current}. Expected one of them, or the same value for both");
        }

        RefuseUnsupported(fields);
        fields.RefuseUnknown();
        return request;
    }

    public static ChatRequest ToRpc(this ChatCompletionRequest request)
    {
        ChatRequest rpc = new()
        {
            Model = request.Model,
            Sampling = request.Sampling.ToSamplingParameters(),
            Stopping = request.Sampling.ToStoppingParameters(request.MaxCompletionTokens ?? request.MaxTokens),
        };
        foreach (ChatMessage message in request.Messages)
        {
            Contracts.Generation.V1.ChatMessage sent = new() { Role = message.Role, Content = message.Content };
            if (message.Name is { } name)
            {
                sent.Name = name;
            }

            rpc.Messages.Add(sent);
        }

        return rpc;
    }

    private static void RefuseUnsupported(RequestFields fields)
    {
        fields.Refuse("n", Neutral.One, "only one answer a request is supported, expected 1");
        fields.Refuse("tools", Neutral.EmptyArray);
        fields.Refuse("tool_choice", Neutral.Word("none", "auto"));
        fields.Refuse("functions", Neutral.EmptyArray);
        fields.Refuse("function_call", Neutral.Word("none", "auto"));
        fields.Refuse("response_format", IsText, "only {\"type\": \"text\"} is supported");
        fields.Refuse("logprobs", Neutral.False);
        fields.Refuse("top_logprobs", Neutral.Zero);
        fields.Refuse("logit_bias", Neutral.EmptyObject);
        fields.Refuse("presence_penalty", Neutral.Zero, "only 0 is supported");
        fields.Refuse("frequency_penalty", Neutral.Zero, "only 0 is supported");
        fields.Refuse("modalities", IsTextOnly, "only [\"text\"] is supported");
        fields.Refuse("audio", Neutral.Nothing);
        fields.Refuse("prediction", Neutral.Nothing);
        fields.Refuse("reasoning_effort", Neutral.Word("none"));
        fields.Refuse("verbosity", Neutral.Word("medium"));
        fields.Refuse("web_search_options", Neutral.Nothing);
        fields.Refuse("store", Neutral.False, "answers are not stored, expected false");
        fields.Refuse("service_tier", Neutral.Word("auto", "default"), "expected 'auto' or 'default'");

        // These ask for nothing that shows in an answer.
        fields.Ignore("parallel_tool_calls", "user", "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "metadata");
    }

    private static bool IsText(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty("type", out JsonElement type)
        && type.ValueKind == JsonValueKind.String && type.ValueEquals("text");

    private static bool IsTextOnly(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 1
        && value[0].ValueKind == JsonValueKind.String && value[0].ValueEquals("text");
}
