using System.Text.Json;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.OpenAi.Requests;

namespace LlmPlatform.Gateway.OpenAi.VectorStores.Values;

/// <summary>A list of files' ids; one that is named twice counts once.</summary>
internal static class FileIdList
{
    private const int LongestId = 128;

    public static IReadOnlyList<string>? Read(RequestFields fields, string name, int most)
    {
        if (fields.Take(name) is not { } value)
        {
            return null;
        }

        string param = fields.ParamOf(name);
        if (value.ValueKind != JsonValueKind.Array)
        {
            throw InvalidRequest.WrongType(param, "an array of strings", value);
        }

        return value.GetArrayLength() > most
            ? throw InvalidRequest.ArrayTooLong(param, most, value.GetArrayLength())
            : [.. value.EnumerateArray().Select((item, index) => Check(RequestFields.StringOf(item, $"{param}[{index}]"), $"{param}[{index}]")).Distinct(StringComparer.Ordinal)];
    }

    public static string Check(string id, string param) => id.Length switch
    {
        0 => throw InvalidRequest.EmptyString(param),
        > LongestId => throw InvalidRequest.StringTooLong(param, LongestId, id.Length),
        _ => id,
    };
}
