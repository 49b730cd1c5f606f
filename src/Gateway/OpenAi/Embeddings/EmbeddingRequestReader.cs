using System.Text.Json;
using LlmPlatform.Contracts.Embedding.V1;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.OpenAi.Requests;

namespace LlmPlatform.Gateway.OpenAi.Embeddings;

/// <summary>Reads and checks the body of an embedding request.</summary>
internal static class EmbeddingRequestReader
{
    /// <summary>As many as OpenAI's API takes.</summary>
    public const int MostInputs = 2048;

    /// <summary>Far more than any encoder reads, and one input still fits one gRPC message.</summary>
    public const int LongestInputBytes = 1 << 20;

    private const string Base64 = "base64";

    public static CreateEmbeddingRequest Read(RequestFields fields)
    {
        CreateEmbeddingRequest request = new()
        {
            Model = fields.TakeRequiredString("model"),
            Input = new EmbeddingInputs { Items = ReadInputs(fields.TakeRequired("input"), fields.ParamOf("input")) },
            EncodingFormat = fields.TakeWord("encoding_format", "float", Base64),
            Dimensions = fields.TakeInt32("dimensions", 1),
            InputType = fields.TakeWord("input_type", "query", "document", "none"),
        };
        fields.Ignore("user");
        fields.RefuseUnknown();
        return request;
    }

    public static bool WantsBase64(this CreateEmbeddingRequest request) => request.EncodingFormat == Base64;

    public static EmbedOptions ToRpcOptions(this CreateEmbeddingRequest request)
    {
        EmbedOptions options = new()
        {
            InputType = request.InputType switch
            {
                "query" => InputType.Query,
                "document" => InputType.Document,
                "none" => InputType.None,
                _ => InputType.Unspecified,
            },
        };
        if (request.Dimensions is { } dimensions)
        {
            options.Dimensions = dimensions;
        }

        return options;
    }

    private static EmbedInput[] ReadInputs(JsonElement value, string param)
    {
        if (value.ValueKind == JsonValueKind.String || TokenIdArray.Is(value))
        {
            return [ReadInput(value, param)];
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            throw InvalidRequest.WrongType(param, "a string, an array of strings, or arrays of token ids", value);
        }

        return value.GetArrayLength() switch
        {
            0 => throw InvalidRequest.EmptyArray(param),
            > MostInputs => throw InvalidRequest.ArrayTooLong(param, MostInputs, value.GetArrayLength()),
            _ => [.. value.EnumerateArray().Select((item, index) => ReadInput(item, $"{param}[{index}]"))],
        };
    }

    private static EmbedInput ReadInput(JsonElement value, string param)
    {
        EmbedInput input = value.ValueKind switch
        {
            JsonValueKind.String => new EmbedInput { Text = ReadText(value, param) },
            JsonValueKind.Array => new EmbedInput { Tokens = new TokenIds { Ids = { TokenIdArray.Read(value, param) } } },
            _ => throw InvalidRequest.WrongType(param, "a string or an array of token ids", value),
        };
        int bytes = input.CalculateSize();
        return bytes <= LongestInputBytes
            ? input
            : throw InvalidRequest.WrongHiddenValue(param, $"it has {bytes} bytes. Expected at most {LongestInputBytes}");
    }

    private static string ReadText(JsonElement value, string param) =>
        RequestFields.StringOf(value, param) is { Length: > 0 } text ? text : throw InvalidRequest.EmptyString(param);
}
