using System.Text.Json;

namespace LlmPlatform.Tokenization.Json;

/// <summary>A value of the file together with its path, so that errors can name it.</summary>
internal readonly struct JsonField(string file, string path, JsonElement value)
{
    public string File { get; } = file;

    public string Path { get; } = path;

    public JsonElement Value { get; } = value;

    public bool IsNull => Value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;

    public JsonField this[string name]
    {
        get
        {
            Require(JsonValueKind.Object, "an object");
            string path = Path.Length == 0 ? name : Path + "." + name;
            return new JsonField(File, path, Value.TryGetProperty(name, out JsonElement child) ? child : default);
        }
    }

    public bool Has(string name) => Value.ValueKind == JsonValueKind.Object && Value.TryGetProperty(name, out _);

    public InvalidTokenizerException Error(string expected, Exception? cause = null) => new(
        File,
        Path.Length == 0 ? "(whole file)" : Path,
        Value.ValueKind == JsonValueKind.Undefined ? "(missing)" : Value.GetRawText(),
        expected,
        cause);

    public string AsString() => Value.ValueKind == JsonValueKind.String ? GetString() : throw Error("a string");

    public string? AsOptionalString() => IsNull ? null : AsString();

    public bool AsBoolean() => Value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Error("true or false"),
    };

    public bool AsBoolean(bool missing) => Value.ValueKind == JsonValueKind.Undefined ? missing : AsBoolean();

    public int AsInt32(int minimum = 0, int maximum = int.MaxValue) =>
        Value.ValueKind == JsonValueKind.Number && Value.TryGetInt32(out int number) && number >= minimum && number <= maximum
            ? number
            : throw Error($"a whole number from {minimum} to {maximum}");

    /// <summary>As <see cref="AsInt32"/>; larger numbers count as the greatest Int32.</summary>
    public int AsClampedInt32() =>
        Value.ValueKind == JsonValueKind.Number && Value.TryGetUInt64(out ulong number)
            ? (int)Math.Min(number, int.MaxValue)
            : throw Error("a whole number that is not negative");

    public double AsDouble() =>
        Value.ValueKind == JsonValueKind.Number && Value.TryGetDouble(out double number) && double.IsFinite(number)
            ? number
            : throw Error("a finite number");

    /// <summary>A string of exactly one character.</summary>
    public int AsCharacter()
    {
        int[] codePoints = Text.CodePoints.Decode(AsString());
        return codePoints.Length == 1 ? codePoints[0] : throw Error("a string of one character");
    }

    public IEnumerable<JsonField> Items()
    {
        Require(JsonValueKind.Array, "a list");
        return Enumerate(this);

        static IEnumerable<JsonField> Enumerate(JsonField list)
        {
            int index = 0;
            foreach (JsonElement item in list.Value.EnumerateArray())
            {
                yield return new JsonField(list.File, $"{list.Path}[{index++}]", item);
            }
        }
    }

    public IEnumerable<(string Name, JsonField Value)> Properties()
    {
        Require(JsonValueKind.Object, "an object");
        return Enumerate(this);

        static IEnumerable<(string, JsonField)> Enumerate(JsonField parent)
        {
            foreach (JsonProperty property in parent.Value.EnumerateObject())
            {
                string name = NameOf(parent, property);
                yield return (name, new JsonField(parent.File, $"{parent.Path}.{name}", property.Value));
            }
        }

        static string NameOf(JsonField parent, JsonProperty property)
        {
            try
            {
                return property.Name;
            }
            catch (InvalidOperationException cause)
            {
                throw parent.Error("names of whole characters", cause);
            }
        }
    }

    public void Require(JsonValueKind kind, string expected)
    {
        if (Value.ValueKind != kind)
        {
            throw Error(expected);
        }
    }

    // JSON can escape lone surrogates, which no text has.
    private string GetString()
    {
        try
        {
            return Value.GetString()!;
        }
        catch (InvalidOperationException cause)
        {
            throw Error("a string of whole characters", cause);
        }
    }
}
