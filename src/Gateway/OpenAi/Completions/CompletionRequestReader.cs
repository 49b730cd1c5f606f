using System.Text.Json;
using LlmPlatform.Contracts.Generation.V1;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.OpenAi.Generation;
using LlmPlatform.Gateway.OpenAi.Requests;

namespace LlmPlatform.Gateway.OpenAi.Completions;

/// <summary>Reads and checks the body of a text completion.</summary>
internal static class CompletionRequestReader
{
    private const int DefaultMaxTokens = 16;

    public static CompletionRequest Read(RequestFields fields)
    {
        string model = fields.TakeRequiredString("model");
        CompletionPrompt prompt = ReadPrompt(fields.TakeRequired("prompt"), fields.ParamOf("prompt"));
        bool? stream = fields.TakeBoolean("stream");
        Sampling sampling = Sampling.Read(fields);
        CompletionRequest request = new()
        {
            Model = model,
            Prompt = prompt,
            Stream = stream,
            StreamOptions = StreamOptions.Read(fields, stream ?? false),
            Temperature = sampling.Temperature,
            TopP = sampling.TopP,
            TopK = sampling.TopK,
            Seed = sampling.Seed,
            Stop = sampling.Stop,
            Sampling = sampling,
            MaxTokens = fields.TakeInt32("max_tokens", 1) ?? DefaultMaxTokens,
        };
        RefuseUnsupported(fields);
        fields.RefuseUnknown();
        return request;
    }

    public static GenerateRequest ToRpc(this CompletionRequest request)
    {
        GenerateRequest rpc = new()
        {
            Model = request.Model,
            Sampling = request.Sampling.ToSamplingParameters(),
            Stopping = request.Sampling.ToStoppingParameters(request.MaxTokens),
        };
        if (request.Prompt.TokenIds is { } ids)
        {
            rpc.PromptTokens = new TokenIds { Ids = { ids } };
        }
        else
        {
            rpc.Prompt = request.Prompt.Text;
        }

        return rpc;
    }

    private static CompletionPrompt ReadPrompt(JsonElement value, string param)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            return new CompletionPrompt { Text = RequestFields.StringOf(value, param) };
        }

        if (TokenIdArray.Is(value))
        {
            return new CompletionPrompt { TokenIds = TokenIdArray.Read(value, param) };
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            throw InvalidRequest.WrongType(param, "a string, an array with one string, or an array of token ids", value);
        }

        return value.GetArrayLength() switch
        {
            0 => throw InvalidRequest.EmptyArray(param),
            1 when value[0].ValueKind == JsonValueKind.String => new CompletionPrompt { Text = RequestFields.StringOf(value[0], $"{param}[0]") },
            1 when value[0].ValueKind == JsonValueKind.Array => new CompletionPrompt { TokenIds = TokenIdArray.Read(value[0], $"{param}[0]") },
            1 => throw InvalidRequest.WrongType($"{param}[0]", "a string or an array of token ids", value[0]),
            int count => throw InvalidRequest.Unsupported(param, $"only one prompt a request is supported, and there are {count}"),
        };
    }

    private static void RefuseUnsupported(RequestFields fields)
    {
        fields.Refuse("n", Neutral.One, "only one answer a request is supported, expected 1");
        fields.Refuse("best_of", Neutral.One, "only one answer a request is supported, expected 1");
        fields.Refuse("echo", Neutral.False);
        fields.Refuse("suffix", Neutral.EmptyString);
        fields.Refuse("logprobs", Neutral.Nothing);
        fields.Refuse("logit_bias", Neutral.EmptyObject);
        fields.Refuse("presence_penalty", Neutral.Zero, "only 0 is supported");
        fields.Refuse("frequency_penalty", Neutral.Zero, "only 0 is supported");
        fields.Ignore("user");
    }
}
