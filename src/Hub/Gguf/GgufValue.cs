using System.Buffers.Binary;
using System.Text;
using LlmPlatform.Hub.Tensors;

namespace LlmPlatform.Hub.Gguf;

/// <summary>
/// A value of the metadata. It stays in the mapped file until asked for: a vocabulary of 250,000 pieces costs nothing to
/// those who do not read it.
/// </summary>
public sealed class GgufValue
{
    private readonly MappedFile _file;
    private readonly string _key;
    private readonly long _offset;
    private readonly long _byteLength;

    internal GgufValue(MappedFile file, string key, GgufValueType type, GgufValueType? elementType, long count, long offset, long byteLength)
    {
        _file = file;
        _key = key;
        Type = type;
        ElementType = elementType;
        Count = count;
        _offset = offset;
        _byteLength = byteLength;
    }

    /// <summary>What the value is.</summary>
    public GgufValueType Type { get; }

    /// <summary>What the elements of an array are; null for anything else.</summary>
    public GgufValueType? ElementType { get; }

    /// <summary>How many elements an array has; 1 for anything else.</summary>
    public long Count { get; }

    /// <summary>A whole number of any width.</summary>
    /// <exception cref="InvalidModelFileException">It is something else, or too large.</exception>
    public long AsInt64() => Number(Type, 0) switch
    {
        long signed => signed,
        ulong unsigned when unsigned <= long.MaxValue => (long)unsigned,
        var other => throw Invalid(other, "a whole number"),
    };

    /// <summary>A number of any kind.</summary>
    /// <exception cref="InvalidModelFileException">It is something else.</exception>
    public double AsDouble() => ToDouble(Number(Type, 0));

    /// <summary>True or false.</summary>
    /// <exception cref="InvalidModelFileException">It is something else.</exception>
    public bool AsBoolean() => Number(Type, 0) is bool value ? value : throw Invalid(Type, "true or false");

    /// <summary>A string; bytes that are not UTF-8 become U+FFFD.</summary>
    /// <exception cref="InvalidModelFileException">It is something else.</exception>
    public string AsString() => Type == GgufValueType.String
        ? Encoding.UTF8.GetString(_file.Slice(_offset, Length(_byteLength)))
        : throw Invalid(Type, "a string");

    /// <summary>An array of strings; bytes that are not UTF-8 become U+FFFD.</summary>
    /// <exception cref="InvalidModelFileException">It is something else.</exception>
    public string[] AsStrings()
    {
        if (ElementType != GgufValueType.String)
        {
            throw Invalid(ElementType ?? Type, "an array of strings");
        }

        string[] strings = new string[Length(Count)];
        long offset = _offset;
        for (int i = 0; i < strings.Length; i++)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(_file.Slice(offset, 8));
            strings[i] = Encoding.UTF8.GetString(_file.Slice(offset + 8, length));
            offset += 8 + length;
        }

        return strings;
    }

    /// <summary>An array of numbers of any kind.</summary>
    /// <exception cref="InvalidModelFileException">It is something else.</exception>
    public double[] AsDoubles()
    {
        GgufValueType element = ElementType is { } type and not GgufValueType.String ? type : throw Invalid(ElementType ?? Type, "an array of numbers");
        double[] numbers = new double[Length(Count)];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = ToDouble(Number(element, (long)i * Size(element)));
        }

        return numbers;
    }

    /// <summary>The bytes of an array of numbers, as they stand in the file; valid until the file is disposed of.</summary>
    /// <exception cref="InvalidModelFileException">It is something else.</exception>
    public ReadOnlySpan<byte> AsBytes() => Type == GgufValueType.Array && ElementType != GgufValueType.String
        ? _file.Slice(_offset, Length(_byteLength))
        : throw Invalid(Type, "an array of numbers");

    /// <summary>Bytes of one value; 0 for strings and arrays, whose size is their own.</summary>
    internal static int Size(GgufValueType type) => type switch
    {
        GgufValueType.UInt8 or GgufValueType.Int8 or GgufValueType.Bool => 1,
        GgufValueType.UInt16 or GgufValueType.Int16 => 2,
        GgufValueType.UInt32 or GgufValueType.Int32 or GgufValueType.Float32 => 4,
        GgufValueType.UInt64 or GgufValueType.Int64 or GgufValueType.Float64 => 8,
        _ => 0,
    };

    internal InvalidModelFileException Invalid(object value, string expected) => new(_file.Path, _key, value, expected);

    private object Number(GgufValueType type, long offset)
    {
        ReadOnlySpan<byte> bytes = _file.Slice(_offset + offset, Size(type));
        return type switch
        {
            GgufValueType.UInt8 => (ulong)bytes[0],
            GgufValueType.Int8 => (long)(sbyte)bytes[0],
            GgufValueType.Bool => bytes[0] != 0,
            GgufValueType.UInt16 => (ulong)BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            GgufValueType.Int16 => (long)BinaryPrimitives.ReadInt16LittleEndian(bytes),
            GgufValueType.UInt32 => (ulong)BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            GgufValueType.Int32 => (long)BinaryPrimitives.ReadInt32LittleEndian(bytes),
            GgufValueType.Float32 => (double)BinaryPrimitives.ReadSingleLittleEndian(bytes),
            GgufValueType.UInt64 => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            GgufValueType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(bytes),
            GgufValueType.Float64 => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
            _ => throw Invalid(type, "a number"),
        };
    }

    private double ToDouble(object number) => number switch
    {
        ulong value => value,
        long value => value,
        double value => value,
        _ => throw Invalid(number, "a number"),
    };

    private int Length(long length) => length <= Array.MaxLength ? (int)length : throw Invalid(length, "at most 2^31 elements or bytes");
}
