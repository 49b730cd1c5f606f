using System.Globalization;
using System.Text.Json;
using LlmPlatform.Gateway.OpenAi.Errors;

namespace LlmPlatform.Gateway.OpenAi.Requests;

/// <summary>
/// Reads a JSON object field by field, with an error that names the parameter for whatever is not as expected. A field
/// that is null counts as absent. After the last one <see cref="RefuseUnknown"/> refuses what nobody asked for: a
/// misspelt <c>temprature</c> must not pass in silence.
/// </summary>
internal sealed class RequestFields
{
    private readonly string _path;
    private readonly Dictionary<string, JsonElement> _unread = new(StringComparer.Ordinal);

    /// <param name="element">The object.</param>
    /// <param name="path">Where it is in the request: empty for the body itself, else for example <c>messages[0]</c>.</param>
    /// <exception cref="OpenAiException">It is no object, or has a field twice.</exception>
    public RequestFields(JsonElement element, string path = "")
    {
        _path = path;
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw path.Length > 0
                ? InvalidRequest.WrongType(path, "an object", element)
                : InvalidRequest.Create("The body of the request is not a JSON object.", null, "invalid_type");
        }

        foreach (JsonProperty property in element.EnumerateObject())
        {
            string name = NameOf(property);
            if (!_unread.TryAdd(name, property.Value))
            {
                throw InvalidRequest.Duplicate(ParamOf(name));
            }
        }
    }

    /// <summary>How an error names the field.</summary>
    public string ParamOf(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    /// <summary>The field, unless it is absent or null.</summary>
    public JsonElement? Take(string name) =>
        _unread.Remove(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public JsonElement TakeRequired(string name) => Take(name) ?? throw InvalidRequest.Missing(ParamOf(name));

    public RequestFields? TakeObject(string name) => Take(name) is { } value ? new RequestFields(value, ParamOf(name)) : null;

    public string? TakeString(string name) => Take(name) is { } value ? StringOf(value, ParamOf(name)) : null;

    public string TakeRequiredString(string name)
    {
        string value = StringOf(TakeRequired(name), ParamOf(name));
        return value.Length > 0 ? value : throw InvalidRequest.EmptyString(ParamOf(name));
    }

    /// <summary>One of a few words.</summary>
    public string? TakeWord(string name, params ReadOnlySpan<string> allowed)
    {
        if (TakeString(name) is not { } value)
        {
            return null;
        }

        foreach (string word in allowed)
        {
            if (word == value)
            {
                return value;
            }
        }

        throw InvalidRequest.WrongValue(ParamOf(name), value, allowed.Length == 1 ? $"'{allowed[0]}'" : $"one of '{string.Join("', '", allowed!)}'");
    }

    public bool? TakeBoolean(string name) => Take(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } other => throw InvalidRequest.WrongType(ParamOf(name), "a boolean", other),
    };

    public long? TakeInteger(string name, long minimum = long.MinValue, long maximum = long.MaxValue) =>
        Take(name) is { } value ? IntegerOf(value, ParamOf(name), minimum, maximum) : null;

    public int? TakeInt32(string name, int minimum, int maximum = int.MaxValue) => (int?)TakeInteger(name, minimum, maximum);

    /// <summary>A number between two others, both allowed.</summary>
    public float? TakeNumber(string name, double minimum, double maximum) => (float?)TakeDouble(name, minimum, maximum);

    /// <summary>The same in double precision.</summary>
    public double? TakeDouble(string name, double minimum, double maximum)
    {
        if (Take(name) is not { } value)
        {
            return null;
        }

        double number = DoubleOf(value, ParamOf(name));
        return number < minimum ? throw InvalidRequest.Below(ParamOf(name), "decimal", Show(minimum), value.GetRawText())
            : number > maximum ? throw InvalidRequest.Above(ParamOf(name), "decimal", Show(maximum), value.GetRawText())
            : number;
    }

    /// <exception cref="OpenAiException">A field is left that nothing asked for.</exception>
    public void RefuseUnknown()
    {
        foreach (string name in _unread.Keys)
        {
            throw InvalidRequest.Unknown(ParamOf(name));
        }
    }

    public static string StringOf(JsonElement value, string param)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            throw InvalidRequest.WrongType(param, "a string", value);
        }

        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException exception)
        {
            // Half a surrogate pair, or bytes that are no UTF-8.
            throw InvalidRequest.Create($"Invalid '{param}': the string is not well-formed Unicode.", param, "invalid_value", inner: exception);
        }
    }

    public static double DoubleOf(JsonElement value, string param) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number)
            ? number
            : throw InvalidRequest.WrongType(param, "a decimal", value);

    public static long IntegerOf(JsonElement value, string param, long minimum, long maximum)
    {
        if (value.ValueKind != JsonValueKind.Number)
        {
            throw InvalidRequest.WrongType(param, "an integer", value);
        }

        if (!value.TryGetInt64(out long number))
        {
            // 1e3 and 5.0 are integers too; 1e40 is one that no field can hold.
            if (!value.TryGetDouble(out double real) || real != Math.Floor(real) || !double.IsFinite(real))
            {
                throw InvalidRequest.WrongType(param, "an integer", value);
            }

            const double FirstAbove = 9223372036854775808.0;
            number = real >= FirstAbove ? throw InvalidRequest.Above(param, "integer", Show(maximum), value.GetRawText())
                : real < -FirstAbove ? throw InvalidRequest.Below(param, "integer", Show(minimum), value.GetRawText())
                : (long)real;
        }

        return number < minimum ? throw InvalidRequest.Below(param, "integer", Show(minimum), value.GetRawText())
            : number > maximum ? throw InvalidRequest.Above(param, "integer", Show(maximum), value.GetRawText())
            : number;
    }

    private string NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException exception)
        {
            string? param = _path.Length > 0 ? _path : null;
            throw InvalidRequest.Create("The name of a parameter is not well-formed Unicode.", param, "invalid_value", inner: exception);
        }
    }

    private static string Show<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);
}
