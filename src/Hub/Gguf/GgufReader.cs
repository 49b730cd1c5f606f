using System.Buffers.Binary;
using System.Text;
using LlmPlatform.Hub.Tensors;

namespace LlmPlatform.Hub.Gguf;

/// <summary>A place in a GGUF file that moves on; every length is checked against the bytes that remain.</summary>
internal sealed class GgufReader(MappedFile file)
{
    public long Position { get; private set; }

    public long Remaining => file.Length - Position;

    public uint UInt32(string field) => BinaryPrimitives.ReadUInt32LittleEndian(Take(4, field));

    public ulong UInt64(string field) => BinaryPrimitives.ReadUInt64LittleEndian(Take(8, field));

    /// <summary>A count of things that take at least <paramref name="minimumBytes"/> each.</summary>
    public long Count(string field, int minimumBytes)
    {
        ulong count = UInt64(field);
        return count <= (ulong)(Remaining / minimumBytes)
            ? (long)count
            : throw Invalid(field, count, $"at most the {Remaining / minimumBytes} that the file's remaining {Remaining} bytes could hold");
    }

    public string String(string field, int maxBytes = int.MaxValue)
    {
        long length = Count(field, 1);
        return length <= maxBytes
            ? Encoding.UTF8.GetString(Take((int)length, field))
            : throw Invalid(field, $"{length} bytes", $"at most {maxBytes}");
    }

    public void Skip(long bytes, string field)
    {
        Check(bytes, field);
        Position += bytes;
    }

    public InvalidModelFileException Invalid(string field, object? value, string expected) => new(file.Path, field, value, expected);

    private ReadOnlySpan<byte> Take(int bytes, string field)
    {
        Check(bytes, field);
        ReadOnlySpan<byte> taken = file.Slice(Position, bytes);
        Position += bytes;
        return taken;
    }

    private void Check(long bytes, string field)
    {
        if (bytes > Remaining)
        {
            throw Invalid(field, $"the end of the file after {Remaining} bytes", $"{bytes} bytes");
        }
    }
}
