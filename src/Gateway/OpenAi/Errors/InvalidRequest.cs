using System.Globalization;
using System.Text.Json;
using LlmPlatform.ServiceDefaults.Errors;

namespace LlmPlatform.Gateway.OpenAi.Errors;

/// <summary>
/// The errors of a request that cannot be served as it stands: status 400, type <c>invalid_request_error</c>, with the
/// <c>code</c> that OpenAI's API gives for the same mistake. Values are shown cut to 64 characters, and never those of
/// prompts.
/// </summary>
internal static class InvalidRequest
{
    public const string Type = "invalid_request_error";

    public static OpenAiException Missing(string param) =>
        Create($"Missing required parameter: '{param}'.", param, "missing_required_parameter");

    public static OpenAiException WrongType(string param, string expected, JsonElement actual) =>
        Create($"Invalid type for '{param}': expected {expected}, but got {Describe(actual)} instead.", param, "invalid_type");

    public static OpenAiException WrongValue(string param, string shownValue, string expected) =>
        Create($"Invalid value for '{param}': '{SafeValue.Cut(shownValue)}'. Expected {expected}.", param, "invalid_value");

    /// <summary>A value that must not be repeated in a message, such as a prompt's.</summary>
    public static OpenAiException WrongHiddenValue(string param, string problem) =>
        Create($"Invalid '{param}': {problem}.", param, "invalid_value");

    public static OpenAiException EmptyArray(string param) =>
        Create($"Invalid '{param}': empty array. Expected an array with minimum length 1, but got an empty array instead.", param, "empty_array");

    public static OpenAiException ArrayTooLong(string param, int maximum, int actual) =>
        Create(
            $"Invalid '{param}': array too long. Expected an array with maximum length {maximum}, but got an array with length {actual} instead.",
            param,
            "array_above_max_length");

    public static OpenAiException EmptyString(string param) =>
        Create($"Invalid '{param}': empty string. Expected a string with minimum length 1, but got an empty string instead.", param, "empty_string");

    public static OpenAiException StringTooLong(string param, int maximum, int actual) =>
        Create(
            $"Invalid '{param}': string too long. Expected a string with maximum length {maximum}, but got a string with length {actual} instead.",
            param,
            "string_above_max_length");

    public static OpenAiException Below(string param, string kind, string minimum, string actual) =>
        Create($"Invalid '{param}': {kind} below minimum value. Expected a value >= {minimum}, but got {SafeValue.Cut(actual)} instead.", param, $"{kind}_below_min_value");

    public static OpenAiException Above(string param, string kind, string maximum, string actual) =>
        Create($"Invalid '{param}': {kind} above maximum value. Expected a value <= {maximum}, but got {SafeValue.Cut(actual)} instead.", param, $"{kind}_above_max_value");

    public static OpenAiException Unknown(string param) =>
        Create($"Unrecognized request argument supplied: {SafeValue.Cut(param)}", SafeValue.Cut(param), "unknown_parameter");

    public static OpenAiException Duplicate(string param) =>
        Create($"Parameter given twice: '{SafeValue.Cut(param)}'. Expected it once.", SafeValue.Cut(param), "duplicate_parameter");

    /// <summary>Something OpenAI's API has and this platform does not.</summary>
    public static OpenAiException Unsupported(string param, string problem) =>
        Create($"Unsupported parameter: '{param}': {problem}.", param, "unsupported_parameter");

    public static OpenAiException Create(string message, string? param, string? code, int statusCode = StatusCodes.Status400BadRequest, Exception? inner = null) =>
        new(statusCode, new ErrorDetail { Message = message, Type = Type, Param = param, Code = code }, inner: inner);

    private static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => value.TryGetInt64(out _) ? "an integer" : "a decimal",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => value.ValueKind.ToString().ToLower(CultureInfo.InvariantCulture),
    };
}
