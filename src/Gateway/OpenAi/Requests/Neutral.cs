using System.Text.Json;
using LlmPlatform.Gateway.OpenAi.Errors;

namespace LlmPlatform.Gateway.OpenAi.Requests;

/// <summary>
/// Parameters of OpenAI's API that this platform does not have. A value that asks for nothing is accepted, since many
/// clients send defaults; any other is refused by name rather than ignored.
/// </summary>
internal static class Neutral
{
    public static bool Nothing(JsonElement value) => false;

    public static bool False(JsonElement value) => value.ValueKind == JsonValueKind.False;

    public static bool Zero(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.GetDouble() == 0;

    public static bool One(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.GetDouble() == 1;

    public static bool EmptyString(JsonElement value) => value.ValueKind == JsonValueKind.String && value.ValueEquals("");

    public static bool EmptyArray(JsonElement value) => value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0;

    public static bool EmptyObject(JsonElement value) => value.ValueKind == JsonValueKind.Object && !value.EnumerateObject().Any();

    public static Func<JsonElement, bool> Word(params string[] words) =>
        value => value.ValueKind == JsonValueKind.String && words.Any(value.ValueEquals);

    /// <summary>Refuses the field unless it is absent, null or <paramref name="isNeutral"/>.</summary>
    public static void Refuse(this RequestFields fields, string name, Func<JsonElement, bool> isNeutral, string problem = "it is not supported by this platform")
    {
        if (fields.Take(name) is { } value && !isNeutral(value))
        {
            throw InvalidRequest.Unsupported(fields.ParamOf(name), problem);
        }
    }

    /// <summary>Passes over fields that change nothing about the answer, whatever they hold.</summary>
    public static void Ignore(this RequestFields fields, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            fields.Take(name);
        }
    }
}
