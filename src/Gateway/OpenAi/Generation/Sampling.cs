using System.Text.Json;
using LlmPlatform.Contracts.Generation.V1;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.OpenAi.Requests;

namespace LlmPlatform.Gateway.OpenAi.Generation;

/// <summary>How tokens are chosen and when they end: what chat and text completions have in common.</summary>
internal sealed record Sampling
{
    private const int MostStops = 4;

    public float? Temperature { get; init; }

    public float? TopP { get; init; }

    public int? TopK { get; init; }

    public long? Seed { get; init; }

    public IReadOnlyList<string> Stop { get; init; } = [];

    public static Sampling Read(RequestFields fields) => new()
    {
        Temperature = fields.TakeNumber("temperature", 0, 2),
        TopP = ReadTopP(fields),
        TopK = fields.TakeInt32("top_k", 0),
        Seed = fields.TakeInteger("seed"),
        Stop = ReadStop(fields),
    };

    public SamplingParameters ToSamplingParameters()
    {
        SamplingParameters parameters = new();
        if (Temperature is { } temperature)
        {
            parameters.Temperature = temperature;
        }

        if (TopP is { } topP)
        {
            parameters.TopP = topP;
        }

        if (TopK is { } topK)
        {
            parameters.TopK = topK;
        }

        if (Seed is { } seed)
        {
            // OpenAI's seeds have a sign; only that equal seeds stay equal matters.
            parameters.Seed = unchecked((ulong)seed);
        }

        return parameters;
    }

    public StoppingParameters ToStoppingParameters(int? maxTokens)
    {
        StoppingParameters parameters = new() { Stop = { Stop } };
        if (maxTokens is { } most)
        {
            parameters.MaxTokens = most;
        }

        return parameters;
    }

    // 0 would keep no token at all.
    private static float? ReadTopP(RequestFields fields) => fields.TakeNumber("top_p", 0, 1) switch
    {
        0f => throw InvalidRequest.WrongValue(fields.ParamOf("top_p"), "0", "a number above 0, up to 1"),
        var topP => topP,
    };

    private static List<string> ReadStop(RequestFields fields)
    {
        const string Name = "stop";
        if (fields.Take(Name) is not { } value)
        {
            return [];
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            return [NotEmpty(value, fields.ParamOf(Name))];
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            throw InvalidRequest.WrongType(fields.ParamOf(Name), "a string or an array of strings", value);
        }

        if (value.GetArrayLength() > MostStops)
        {
            throw InvalidRequest.ArrayTooLong(fields.ParamOf(Name), MostStops, value.GetArrayLength());
        }

        return [.. value.EnumerateArray().Select((item, index) => NotEmpty(item, $"{fields.ParamOf(Name)}[{index}]"))];
    }

    private static string NotEmpty(JsonElement value, string param) =>
        RequestFields.StringOf(value, param) is { Length: > 0 } text ? text : throw InvalidRequest.EmptyString(param);
}
