using System.Diagnostics.CodeAnalysis;

namespace LlmPlatform.Hub.Gguf;

/// <summary>The metadata of a GGUF file, by key (<c>llama.block_count</c>).</summary>
public sealed class GgufMetadata
{
    private readonly string _path;
    private readonly Dictionary<string, GgufValue> _values;

    internal GgufMetadata(string path, Dictionary<string, GgufValue> values)
    {
        _path = path;
        _values = values;
    }

    /// <summary>The keys, in the file's order.</summary>
    public IReadOnlyCollection<string> Keys => _values.Keys;

    /// <summary>The value of a key that must be there.</summary>
    /// <exception cref="InvalidModelFileException">It is not.</exception>
    public GgufValue this[string key] => _values.TryGetValue(key, out GgufValue? value)
        ? value
        : throw new InvalidModelFileException(_path, key, null, "the key to be in the metadata");

    /// <summary>The value of a key; false where it is missing.</summary>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out GgufValue value) => _values.TryGetValue(key, out value);

    /// <summary>A string, or null where the key is missing.</summary>
    /// <exception cref="InvalidModelFileException">It is no string.</exception>
    public string? FindString(string key) => _values.TryGetValue(key, out GgufValue? value) ? value.AsString() : null;

    /// <summary>A whole number, or null where the key is missing.</summary>
    /// <exception cref="InvalidModelFileException">It is no whole number.</exception>
    public long? FindInt64(string key) => _values.TryGetValue(key, out GgufValue? value) ? value.AsInt64() : null;

    /// <summary>A number, or null where the key is missing.</summary>
    /// <exception cref="InvalidModelFileException">It is no number.</exception>
    public double? FindDouble(string key) => _values.TryGetValue(key, out GgufValue? value) ? value.AsDouble() : null;

    /// <summary>True or false, or null where the key is missing.</summary>
    /// <exception cref="InvalidModelFileException">It is neither.</exception>
    public bool? FindBoolean(string key) => _values.TryGetValue(key, out GgufValue? value) ? value.AsBoolean() : null;
}
