using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using LlmPlatform.Hub.Tensors;

namespace LlmPlatform.Hub.Safetensors;

/// <summary>
/// The header of a safetensors file: 8 bytes of length, then JSON. Accepts and refuses what the safetensors library does.
/// Format: https://huggingface.co/docs/safetensors.
/// </summary>
internal static class SafetensorsHeader
{
    /// <summary>The library's limit for the JSON.</summary>
    public const int MaxLength = 100_000_000;

    public const int LengthBytes = 8;

    public const string MetadataKey = "__metadata__";

    private static readonly JsonReaderOptions Options = new() { MaxDepth = 128 };

    private sealed record Entry(TensorType Type, ImmutableArray<long> Shape, ulong Begin, ulong End);

    public static (Dictionary<string, TensorInfo> Tensors, Dictionary<string, string> Metadata) Read(MappedFile file)
    {
        if (file.Length < LengthBytes)
        {
            throw Invalid(file, "header length", $"{file.Length} bytes", "a file of at least 8 bytes");
        }

        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(file.Slice(0, LengthBytes));
        if (length > MaxLength)
        {
            throw Invalid(file, "header length", length, $"at most {MaxLength}");
        }

        if (length > (ulong)(file.Length - LengthBytes))
        {
            throw Invalid(file, "header length", length, $"at most the {file.Length - LengthBytes} bytes that follow");
        }

        ReadOnlySpan<byte> json = file.Slice(LengthBytes, (int)length);
        if (!Utf8.IsValid(json))
        {
            throw Invalid(file, "header", "bytes that are not UTF-8", "UTF-8 JSON");
        }

        Dictionary<string, Entry> entries = [];
        Dictionary<string, string> metadata = [];
        try
        {
            ReadJson(file, json, entries, metadata);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string with half a surrogate pair.
            throw new InvalidModelFileException(file.Path, "header", e.Message, "a JSON object", e);
        }

        return (Place(file, entries, LengthBytes + (long)length), metadata);
    }

    private static void ReadJson(MappedFile file, ReadOnlySpan<byte> json, Dictionary<string, Entry> entries, Dictionary<string, string> metadata)
    {
        Utf8JsonReader reader = new(json, Options);
        Expect(file, ref reader, "header", JsonTokenType.StartObject, "an object");
        bool metadataSeen = false;
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            Next(ref reader);
            if (name != MetadataKey)
            {
                // Of a name that stands twice the last one counts, as in the library; the bytes of the first then
                // belong to nobody, which Place refuses.
                entries[name] = ReadEntry(file, ref reader, name);
            }
            else if (metadataSeen)
            {
                throw Invalid(file, MetadataKey, "the field twice", "it once");
            }
            else
            {
                metadataSeen = true;
                ReadMetadata(file, ref reader, metadata);
            }
        }

        if (reader.Read())
        {
            throw Invalid(file, "header", "more after the object", "one object");
        }
    }

    private static void ReadMetadata(MappedFile file, ref Utf8JsonReader reader, Dictionary<string, string> metadata)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        ExpectCurrent(file, ref reader, MetadataKey, JsonTokenType.StartObject, "an object of strings");
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            Next(ref reader);
            ExpectCurrent(file, ref reader, $"{MetadataKey}.{key}", JsonTokenType.String, "a string");
            metadata[key] = reader.GetString()!;
        }
    }

    private static Entry ReadEntry(MappedFile file, ref Utf8JsonReader reader, string name)
    {
        ExpectCurrent(file, ref reader, $"tensor {name}", JsonTokenType.StartObject, "an object");
        TensorType? type = null;
        ImmutableArray<long>? shape = null;
        (ulong Begin, ulong End)? offsets = null;
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            string field = reader.GetString()!;
            Next(ref reader);
            string place = $"tensor {name}: {field}";
            bool twice = field switch { "dtype" => type is not null, "shape" => shape is not null, "data_offsets" => offsets is not null, _ => false };
            if (twice)
            {
                throw Invalid(file, place, "the field twice", "it once");
            }

            switch (field)
            {
                case "dtype":
                    ExpectCurrent(file, ref reader, place, JsonTokenType.String, "the name of a type");
                    type = SafetensorsTypes.TryParse(reader.GetString()!, out TensorType known)
                        ? known
                        : throw Invalid(file, place, reader.GetString(), "a type of safetensors such as F32, F16 or BF16");
                    break;
                case "shape":
                    shape = ReadShape(file, ref reader, place);
                    break;
                case "data_offsets":
                    offsets = ReadOffsets(file, ref reader, place);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return new Entry(
            type ?? throw Invalid(file, $"tensor {name}", null, "the field dtype"),
            shape ?? throw Invalid(file, $"tensor {name}", null, "the field shape"),
            (offsets ?? throw Invalid(file, $"tensor {name}", null, "the field data_offsets")).Begin,
            offsets.Value.End);
    }

    private static ImmutableArray<long> ReadShape(MappedFile file, ref Utf8JsonReader reader, string place)
    {
        ExpectCurrent(file, ref reader, place, JsonTokenType.StartArray, "an array of numbers");
        ImmutableArray<long>.Builder shape = ImmutableArray.CreateBuilder<long>();
        while (Next(ref reader) != JsonTokenType.EndArray)
        {
            ulong dimension = ReadNumber(file, ref reader, place);
            shape.Add(dimension <= long.MaxValue ? (long)dimension : throw Invalid(file, place, dimension, "less than 2^63"));
        }

        return shape.ToImmutable();
    }

    private static (ulong Begin, ulong End) ReadOffsets(MappedFile file, ref Utf8JsonReader reader, string place)
    {
        ExpectCurrent(file, ref reader, place, JsonTokenType.StartArray, "an array of two numbers");
        Next(ref reader);
        ulong begin = ReadNumber(file, ref reader, place);
        Next(ref reader);
        ulong end = ReadNumber(file, ref reader, place);
        Next(ref reader);
        ExpectCurrent(file, ref reader, place, JsonTokenType.EndArray, "an array of two numbers");
        return (begin, end);
    }

    private static ulong ReadNumber(MappedFile file, ref Utf8JsonReader reader, string place) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetUInt64(out ulong value)
            ? value
            : throw Invalid(file, place, TokenText(ref reader), "a whole number that is not negative");

    /// <summary>Checks that the tensors cover the rest of the file one after the other, each with the bytes its shape needs.</summary>
    private static Dictionary<string, TensorInfo> Place(MappedFile file, Dictionary<string, Entry> entries, long dataStart)
    {
        ulong dataLength = (ulong)(file.Length - dataStart);
        Dictionary<string, TensorInfo> tensors = new(entries.Count);
        ulong next = 0;
        foreach ((string name, Entry entry) in entries.OrderBy(pair => pair.Value.Begin).ThenBy(pair => pair.Value.End))
        {
            if (entry.Begin != next || entry.End < entry.Begin)
            {
                throw Invalid(file, $"tensor {name}: data_offsets", $"[{entry.Begin}, {entry.End}]", $"a range that begins at {next}, where the one before ends");
            }

            ulong needed = BytesNeeded(file, name, entry);
            if (entry.End - entry.Begin != needed)
            {
                throw Invalid(
                    file, $"tensor {name}: data_offsets", $"{entry.End - entry.Begin} bytes", $"the {needed} of {entry.Type} {Shown.Shape(entry.Shape)}");
            }

            if (entry.End > dataLength)
            {
                throw Invalid(file, $"tensor {name}: data_offsets", entry.End, $"an end within the {dataLength} bytes of data in the file");
            }

            next = entry.End;
            tensors.Add(name, new TensorInfo(name, entry.Type, entry.Shape, dataStart + (long)entry.Begin, (long)needed));
        }

        if (next != dataLength)
        {
            throw Invalid(file, "data", $"{dataLength} bytes", $"the {next} that the tensors cover");
        }

        return tensors;
    }

    private static ulong BytesNeeded(MappedFile file, string name, Entry entry)
    {
        try
        {
            ulong elements = 1;
            foreach (long dimension in entry.Shape)
            {
                elements = checked(elements * (ulong)dimension);
            }

            // Bits, as types of less than a byte must fill whole bytes.
            ulong blockLength = (ulong)TensorTypes.BlockLength(entry.Type);
            ulong bits = checked(elements * ((ulong)TensorTypes.BlockBytes(entry.Type) * 8 / blockLength));
            return bits % 8 == 0 ? bits / 8 : throw Invalid(file, $"tensor {name}: shape", Shown.Shape(entry.Shape), "values that fill whole bytes");
        }
        catch (OverflowException e)
        {
            throw new InvalidModelFileException(
                file.Path, $"tensor {name}: shape", Shown.Shape(entry.Shape), "a size that 64 bits can count", e);
        }
    }

    private static JsonTokenType Next(ref Utf8JsonReader reader) => reader.Read() ? reader.TokenType : throw new JsonException("the header ends too early");

    private static void Expect(MappedFile file, ref Utf8JsonReader reader, string place, JsonTokenType type, string expected)
    {
        Next(ref reader);
        ExpectCurrent(file, ref reader, place, type, expected);
    }

    private static void ExpectCurrent(MappedFile file, ref Utf8JsonReader reader, string place, JsonTokenType type, string expected)
    {
        if (reader.TokenType != type)
        {
            throw Invalid(file, place, TokenText(ref reader), expected);
        }
    }

    private static string TokenText(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Number => System.Text.Encoding.UTF8.GetString(reader.ValueSpan[..Math.Min(reader.ValueSpan.Length, 65)]),
        JsonTokenType.StartArray => "an array",
        JsonTokenType.StartObject => "an object",
        _ => string.Create(CultureInfo.InvariantCulture, $"{reader.TokenType}"),
    };

    private static InvalidModelFileException Invalid(MappedFile file, string field, object? value, string expected) =>
        new(file.Path, field, value, expected);
}
