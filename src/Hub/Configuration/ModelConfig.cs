using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LlmPlatform.Hub.Configuration;

/// <summary>
/// A JSON file of a model (config.json and its like) with typed access: whatever is missing, of another kind or out of
/// range is an error that names file, key, value and expectation. A key whose value is null counts as missing.
/// </summary>
public sealed class ModelConfig
{
    private const long MaxFileBytes = 256L << 20;

    private readonly JsonElement _object;
    private readonly string _prefix;

    private ModelConfig(string path, string prefix, JsonElement element)
    {
        Path = path;
        _prefix = prefix;
        _object = element;
    }

    /// <summary>The file, for error messages.</summary>
    public string Path { get; }

    /// <summary>The keys, in the file's order.</summary>
    public IEnumerable<string> Keys => _object.EnumerateObject().Select(property => property.Name);

    /// <summary>The object itself.</summary>
    public JsonElement Json => _object;

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidModelFileException">It is not a JSON object.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ModelConfig Load(string path) => Parse(path, ReadFile(path));

    /// <summary>Reads a file, or gives null where there is none.</summary>
    /// <exception cref="InvalidModelFileException">It is not a JSON object.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ModelConfig? TryLoad(string path) => File.Exists(path) ? Load(path) : null;

    /// <summary>Reads JSON that came from <paramref name="path"/>.</summary>
    /// <exception cref="InvalidModelFileException">It is not a JSON object.</exception>
    public static ModelConfig Parse(string path, ReadOnlyMemory<byte> utf8Json)
    {
        JsonElement root = ParseElement(path, utf8Json);
        return root.ValueKind == JsonValueKind.Object
            ? new ModelConfig(path, "", root)
            : throw new InvalidModelFileException(path, "", root.ValueKind, "a JSON object");
    }

    /// <summary>Reads a file that holds an array of objects (modules.json).</summary>
    /// <exception cref="InvalidModelFileException">It holds something else.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ImmutableArray<ModelConfig> LoadArray(string path)
    {
        JsonElement root = ParseElement(path, ReadFile(path));
        return root.ValueKind == JsonValueKind.Array && root.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object)
            ? [.. root.EnumerateArray().Select((item, i) => new ModelConfig(path, $"[{i}].", item))]
            : throw new InvalidModelFileException(path, "", root.ValueKind, "an array of JSON objects");
    }

    /// <summary>Takes an object made in memory, for example from the metadata of a GGUF file at <paramref name="path"/>.</summary>
    public static ModelConfig From(string path, JsonObject json) => new(path, "", JsonSerializer.SerializeToElement(json));

    /// <summary>Whether the key is there and not null.</summary>
    public bool Has(string key) => TryFind(key, out _);

    /// <summary>The raw value; false where it is missing or null.</summary>
    public bool TryGet(string key, out JsonElement value) => TryFind(key, out value);

    /// <summary>A whole number within [<paramref name="min"/>, <paramref name="max"/>].</summary>
    /// <exception cref="InvalidModelFileException">It is missing, no whole number or out of range.</exception>
    public int GetInt32(string key, int min = 0, int max = int.MaxValue) => Int32(key, Required(key, "a whole number"), min, max);

    /// <summary>A whole number, or <paramref name="fallback"/> where the key is missing.</summary>
    /// <exception cref="InvalidModelFileException">It is no whole number or out of range.</exception>
    public int? FindInt32(string key, int? fallback = null, int min = 0, int max = int.MaxValue) =>
        TryFind(key, out JsonElement value) ? Int32(key, value, min, max) : fallback;

    /// <summary>One number or an array of them (<c>eos_token_id</c>); empty where the key is missing.</summary>
    /// <exception cref="InvalidModelFileException">Something else, or out of range.</exception>
    public ImmutableArray<int> FindInt32s(string key, int min = 0, int max = int.MaxValue)
    {
        if (!TryFind(key, out JsonElement value))
        {
            return [];
        }

        return value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(item => Int32(key, item, min, max))]
            : [Int32(key, value, min, max)];
    }

    /// <summary>A finite number.</summary>
    /// <exception cref="InvalidModelFileException">It is missing or no number.</exception>
    public double GetDouble(string key) => Double(key, Required(key, "a number"));

    /// <summary>A finite number, or <paramref name="fallback"/> where the key is missing.</summary>
    /// <exception cref="InvalidModelFileException">It is no number.</exception>
    public double? FindDouble(string key, double? fallback = null) => TryFind(key, out JsonElement value) ? Double(key, value) : fallback;

    /// <summary>An array of finite numbers; empty where the key is missing.</summary>
    /// <exception cref="InvalidModelFileException">Something else.</exception>
    public ImmutableArray<double> FindDoubles(string key) => !TryFind(key, out JsonElement value) ? []
        : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(item => Double(key, item))]
        : throw Invalid(key, value, "an array of numbers");

    /// <summary>True or false, or <paramref name="fallback"/> where the key is missing.</summary>
    /// <exception cref="InvalidModelFileException">It is neither.</exception>
    public bool GetBoolean(string key, bool fallback) => !TryFind(key, out JsonElement value) ? fallback
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw Invalid(key, value, "true or false");

    /// <summary>A string.</summary>
    /// <exception cref="InvalidModelFileException">It is missing or no string.</exception>
    public string GetString(string key) => String(key, Required(key, "a string"));

    /// <summary>A string, or <paramref name="fallback"/> where the key is missing.</summary>
    /// <exception cref="InvalidModelFileException">It is no string.</exception>
    public string? FindString(string key, string? fallback = null) => TryFind(key, out JsonElement value) ? String(key, value) : fallback;

    /// <summary>An array of strings; empty where the key is missing.</summary>
    /// <exception cref="InvalidModelFileException">Something else.</exception>
    public ImmutableArray<string> FindStrings(string key) => !TryFind(key, out JsonElement value) ? []
        : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(item => String(key, item))]
        : throw Invalid(key, value, "an array of strings");

    /// <summary>An object.</summary>
    /// <exception cref="InvalidModelFileException">It is missing or no object.</exception>
    public ModelConfig GetSection(string key) =>
        FindSection(key) ?? throw new InvalidModelFileException(Path, _prefix + key, null, "an object");

    /// <summary>An object, or null where the key is missing.</summary>
    /// <exception cref="InvalidModelFileException">It is no object.</exception>
    public ModelConfig? FindSection(string key) => !TryFind(key, out JsonElement value) ? null
        : value.ValueKind == JsonValueKind.Object ? new ModelConfig(Path, $"{_prefix}{key}.", value)
        : throw Invalid(key, value, "an object");

    /// <summary>An array of objects; empty where the key is missing.</summary>
    /// <exception cref="InvalidModelFileException">Something else.</exception>
    public ImmutableArray<ModelConfig> GetSections(string key) => !TryFind(key, out JsonElement value) ? []
        : value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object)
            ? [.. value.EnumerateArray().Select((item, i) => new ModelConfig(Path, $"{_prefix}{key}[{i}].", item))]
            : throw Invalid(key, value, "an array of objects");

    /// <summary>The error for a key whose value the caller refuses.</summary>
    public InvalidModelFileException Invalid(string key, string expected) =>
        TryFind(key, out JsonElement value) ? Invalid(key, value, expected) : new InvalidModelFileException(Path, _prefix + key, null, expected);

    private static byte[] ReadFile(string path)
    {
        long length = new FileInfo(path).Length;
        return length <= MaxFileBytes
            ? File.ReadAllBytes(path)
            : throw new InvalidModelFileException(path, "", $"{length} bytes", $"at most {MaxFileBytes}");
    }

    private static JsonElement ParseElement(string path, ReadOnlyMemory<byte> utf8Json)
    {
        ReadOnlySpan<byte> mark = [0xef, 0xbb, 0xbf];
        if (utf8Json.Span.StartsWith(mark))
        {
            utf8Json = utf8Json[mark.Length..];
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(PythonNumbers.ToNull(utf8Json));
            CheckText(document.RootElement);
            return document.RootElement.Clone();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidModelFileException(path, "", e.Message, "JSON", e);
        }
    }

    /// <summary>Reads every string once: one with half a surrogate pair would otherwise fail only where it is used.</summary>
    private static void CheckText(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                _ = element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in element.EnumerateArray())
                {
                    CheckText(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    _ = property.Name;
                    CheckText(property.Value);
                }

                break;
        }
    }

    private bool TryFind(string key, out JsonElement value) =>
        _object.TryGetProperty(key, out value) && value.ValueKind != JsonValueKind.Null;

    private JsonElement Required(string key, string expected) =>
        TryFind(key, out JsonElement value) ? value : throw new InvalidModelFileException(Path, _prefix + key, null, expected);

    private int Int32(string key, JsonElement value, int min, int max)
    {
        // Python writes some whole numbers as 512.0.
        bool whole = value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number)
            && number == Math.Floor(number) && number >= min && number <= max;
        return whole
            ? (int)value.GetDouble()
            : throw Invalid(key, value, max == int.MaxValue ? $"a whole number of at least {min}" : $"a whole number from {min} to {max}");
    }

    private double Double(string key, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number)
            ? number
            : throw Invalid(key, value, "a finite number");

    private string String(string key, JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Invalid(key, value, "a string");

    private InvalidModelFileException Invalid(string key, JsonElement value, string expected) =>
        new(Path, _prefix + key, value.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? value.ValueKind : value.GetRawText(), expected);
}
