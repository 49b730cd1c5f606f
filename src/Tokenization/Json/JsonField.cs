using System.Text.Json;

namespace LlmPlatform.Tokenization.Json;

/// <summary>A value of the file together with its path, so that errors can name it.</summary>
internal readonly struct JsonField
{
    // The path is put together only when someone asks for it: a file has a million values.
    private readonly string _parent;
    private readonly string? _name;
    private readonly int _index;

    public JsonField(string file, string path, JsonElement value)
        : this(file, "", path, 0, value)
    {
    }

    private JsonField(string file, string parent, string? name, int index, JsonElement value)
    {
        File = file;
        _parent = parent;
        _name = name;
        _index = index;
        Value = value;
    }

    public string File { get; }

    public string Path => _name is null ? $"{_parent}[{_index}]" : _parent.Length == 0 ? _name : $"{_parent}.{_name}";

    public JsonElement Value { get; }

    public bool IsNull => Value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;

    public JsonField this[string name]
    {
        get
        {
            Require(JsonValueKind.Object, "an object");
            return new JsonField(File, Path, name, 0, Value.TryGetProperty(name, out JsonElement child) ? child : default);
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

    /// <summary>The two items of a list that must have just two.</summary>
    public (JsonField First, JsonField Second) AsPair(string expected) =>
        Value.ValueKind == JsonValueKind.Array && Value.GetArrayLength() == 2
            ? (ItemAt(0), ItemAt(1))
            : throw Error(expected);

    public IEnumerable<JsonField> Items()
    {
        Require(JsonValueKind.Array, "a list");
        return Enumerate(this);

        static IEnumerable<JsonField> Enumerate(JsonField list)
        {
            int index = 0;
            string path = list.Path;
            foreach (JsonElement item in list.Value.EnumerateArray())
            {
                yield return new JsonField(list.File, path, null, index++, item);
            }
        }
    }

    public IEnumerable<(string Name, JsonField Value)> Properties()
    {
        Require(JsonValueKind.Object, "an object");
        return Enumerate(this);

        static IEnumerable<(string, JsonField)> Enumerate(JsonField parent)
        {
            string path = parent.Path;
            foreach (JsonProperty property in parent.Value.EnumerateObject())
            {
                string name = NameOf(parent, property);
                yield return (name, new JsonField(parent.File, path, name, 0, property.Value));
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

    private JsonField ItemAt(int index) => new(File, Path, null, index, Value[index]);

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
