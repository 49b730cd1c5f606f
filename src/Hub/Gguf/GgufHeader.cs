using System.Collections.Immutable;
using LlmPlatform.Hub.Tensors;

namespace LlmPlatform.Hub.Gguf;

/// <summary>
/// Header, metadata and tensor table of a GGUF file, as strict as ggml's own reader.
/// Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md.
/// </summary>
internal static class GgufHeader
{
    private const uint Magic = 0x46554747; // "GGUF"
    private const int MaxDimensions = 4;
    private const int MaxTensorNameBytes = 63;
    private const int DefaultAlignment = 32;
    private const string AlignmentKey = "general.alignment";

    // Length of the key and one byte, type, a value of one byte.
    private const int MinimumPairBytes = 8 + 1 + 4 + 1;

    // Length of the name, dimension count, type, offset.
    private const int MinimumTensorBytes = 8 + 4 + 4 + 8;

    private sealed record Entry(string Name, TensorType Type, ImmutableArray<long> Shape, ulong Offset, long ByteLength);

    public static (uint Version, GgufMetadata Metadata, Dictionary<string, TensorInfo> Tensors) Read(MappedFile file)
    {
        GgufReader reader = new(file);
        if (reader.UInt32("magic") != Magic)
        {
            throw reader.Invalid("magic", null, "the letters GGUF at the start of the file");
        }

        uint version = reader.UInt32("version");
        if (version is not (2 or 3))
        {
            string expected = (version & 0xffff) == 0 && version != 0 ? "version 2 or 3 in little-endian order" : "version 2 or 3";
            throw reader.Invalid("version", version, expected);
        }

        // Both counts stand before both tables.
        long tensorCount = reader.Count("tensor count", MinimumTensorBytes);
        long pairCount = reader.Count("metadata count", MinimumPairBytes);
        Dictionary<string, GgufValue> metadata = ReadMetadata(file, reader, pairCount);
        uint alignment = Alignment(reader, metadata);
        List<Entry> entries = ReadEntries(reader, tensorCount);
        return (version, new GgufMetadata(file.Path, metadata), Place(file, reader, entries, alignment));
    }

    private static Dictionary<string, GgufValue> ReadMetadata(MappedFile file, GgufReader reader, long count)
    {
        Dictionary<string, GgufValue> metadata = new(StringComparer.Ordinal);
        for (long i = 0; i < count; i++)
        {
            string key = reader.String($"metadata key {i}");
            if (key.Length == 0)
            {
                throw reader.Invalid($"metadata key {i}", "an empty key", "a name");
            }

            GgufValue value = ReadValue(file, reader, key);
            if (!metadata.TryAdd(key, value))
            {
                throw reader.Invalid(key, "the key twice", "it once");
            }
        }

        return metadata;
    }

    private static GgufValue ReadValue(MappedFile file, GgufReader reader, string key)
    {
        GgufValueType type = (GgufValueType)reader.UInt32(key);
        if (type == GgufValueType.String)
        {
            long length = reader.Count(key, 1);
            long start = reader.Position;
            reader.Skip(length, key);
            return new GgufValue(file, key, type, null, 1, start, length);
        }

        if (type == GgufValueType.Array)
        {
            GgufValueType element = (GgufValueType)reader.UInt32(key);
            int size = GgufValue.Size(element);
            if (size == 0 && element != GgufValueType.String)
            {
                throw reader.Invalid(key, $"an array of type {(uint)element}", "an array of numbers, booleans or strings");
            }

            long count = reader.Count(key, size == 0 ? 8 : size);
            long start = reader.Position;
            if (size > 0)
            {
                reader.Skip(count * size, key);
            }
            else
            {
                for (long i = 0; i < count; i++)
                {
                    reader.Skip(reader.Count(key, 1), key);
                }
            }

            return new GgufValue(file, key, type, element, count, start, reader.Position - start);
        }

        int bytes = GgufValue.Size(type);
        if (bytes == 0)
        {
            throw reader.Invalid(key, $"value type {(uint)type}", "a type from 0 to 12");
        }

        long offset = reader.Position;
        reader.Skip(bytes, key);
        return new GgufValue(file, key, type, null, 1, offset, bytes);
    }

    private static uint Alignment(GgufReader reader, Dictionary<string, GgufValue> metadata)
    {
        if (!metadata.TryGetValue(AlignmentKey, out GgufValue? value))
        {
            return DefaultAlignment;
        }

        if (value.Type != GgufValueType.UInt32)
        {
            throw reader.Invalid(AlignmentKey, value.Type, "a number of type UInt32");
        }

        uint alignment = (uint)value.AsInt64();
        return uint.IsPow2(alignment) ? alignment : throw reader.Invalid(AlignmentKey, alignment, "a power of two");
    }

    private static List<Entry> ReadEntries(GgufReader reader, long count)
    {
        List<Entry> entries = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        for (long i = 0; i < count; i++)
        {
            string name = reader.String($"name of tensor {i}", MaxTensorNameBytes);
            if (!names.Add(name))
            {
                throw reader.Invalid($"tensor {name}", "the name twice", "it once");
            }

            ImmutableArray<long> shape = ReadShape(reader, name);
            uint number = reader.UInt32($"tensor {name}: type");
            if (!GgufTypes.TryParse(number, out TensorType type))
            {
                throw reader.Invalid($"tensor {name}: type", number, "a type of ggml that is still in use");
            }

            long rowLength = shape.IsEmpty ? 1 : shape[^1];
            int blockLength = TensorTypes.BlockLength(type);
            if (rowLength % blockLength != 0)
            {
                throw reader.Invalid($"tensor {name}: shape", $"rows of {rowLength}", $"a multiple of the {blockLength} values of a {type} block");
            }

            entries.Add(new Entry(name, type, shape, reader.UInt64($"tensor {name}: offset"), ByteLength(reader, name, type, shape)));
        }

        return entries;
    }

    /// <summary>The file has the innermost dimension first; we have it last.</summary>
    private static ImmutableArray<long> ReadShape(GgufReader reader, string name)
    {
        string field = $"tensor {name}: dimensions";
        uint dimensions = reader.UInt32(field);
        if (dimensions > MaxDimensions)
        {
            throw reader.Invalid(field, dimensions, $"at most {MaxDimensions}");
        }

        long[] shape = new long[dimensions];
        for (int i = shape.Length - 1; i >= 0; i--)
        {
            ulong dimension = reader.UInt64(field);
            shape[i] = dimension <= long.MaxValue ? (long)dimension : throw reader.Invalid(field, (long)dimension, "dimensions that are not negative");
        }

        return [.. shape];
    }

    private static long ByteLength(GgufReader reader, string name, TensorType type, ImmutableArray<long> shape)
    {
        try
        {
            // Zeros are left out of the first product, so that they cannot hide an overflow.
            long elements = 1;
            foreach (long dimension in shape)
            {
                elements = checked(elements * Math.Max(dimension, 1));
            }

            long blocks = (elements + TensorTypes.BlockLength(type) - 1) / TensorTypes.BlockLength(type);
            long bytes = checked(blocks * TensorTypes.BlockBytes(type));
            return shape.Contains(0) ? 0 : bytes;
        }
        catch (OverflowException e)
        {
            throw new InvalidModelFileException(
                reader.Invalid($"tensor {name}: shape", Shown.Shape(shape), "a size that 63 bits can count").Message, e);
        }
    }

    /// <summary>Checks that the tensors follow each other, each beginning at the next multiple of the alignment, within the file.</summary>
    private static Dictionary<string, TensorInfo> Place(MappedFile file, GgufReader reader, List<Entry> entries, uint alignment)
    {
        Dictionary<string, TensorInfo> tensors = new(entries.Count, StringComparer.Ordinal);
        long dataStart = Align(reader.Position, alignment);
        long dataLength = Math.Max(0, file.Length - dataStart);
        long next = 0;
        foreach (Entry entry in entries)
        {
            if (entry.Offset != (ulong)next)
            {
                throw reader.Invalid($"tensor {entry.Name}: offset", entry.Offset, $"{next}, right after the tensor before");
            }

            if (entry.ByteLength > dataLength - next)
            {
                throw reader.Invalid(
                    $"tensor {entry.Name}", $"{entry.ByteLength} bytes at offset {next}", $"an end within the {dataLength} bytes of data in the file");
            }

            tensors.Add(entry.Name, new TensorInfo(entry.Name, entry.Type, entry.Shape, dataStart + next, entry.ByteLength));

            // The padding after the last tensor may be missing.
            next = Align(next + entry.ByteLength, alignment);
        }

        return tensors;
    }

    private static long Align(long position, uint alignment) => (position + alignment - 1) / alignment * alignment;
}
