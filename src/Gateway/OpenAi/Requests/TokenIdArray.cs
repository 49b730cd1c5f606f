using System.Text.Json;
using LlmPlatform.Gateway.OpenAi.Errors;

namespace LlmPlatform.Gateway.OpenAi.Requests;

/// <summary>An array of token ids in the place of a text.</summary>
internal static class TokenIdArray
{
    public static bool Is(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0 && value[0].ValueKind == JsonValueKind.Number;

    public static int[] Read(JsonElement array, string param)
    {
        int[] ids = new int[array.GetArrayLength()];
        int index = 0;
        foreach (JsonElement id in array.EnumerateArray())
        {
            ids[index] = (int)RequestFields.IntegerOf(id, $"{param}[{index}]", 0, int.MaxValue);
            index++;
        }

        return ids.Length > 0 ? ids : throw InvalidRequest.EmptyArray(param);
    }
}
