using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Google.Protobuf;

namespace LlmPlatform.EmbeddingService;

/// <summary>Vectors travel as packed little-endian float32: half the size of numbers with tags, and one copy.</summary>
internal static class PackedFloats
{
    public static ByteString Pack(ReadOnlySpan<float> values)
    {
        if (BitConverter.IsLittleEndian)
        {
            return ByteString.CopyFrom(MemoryMarshal.AsBytes(values));
        }

        byte[] bytes = new byte[values.Length * sizeof(float)];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        }

        return ByteString.CopyFrom(bytes);
    }
}
