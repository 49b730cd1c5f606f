using System.Buffers.Binary;

namespace LlmPlatform.Hub.Quantization;

/// <summary>The formats whose 4 bits choose a value from a table of 16.</summary>
internal static class TableBlocks
{
    // The values of IQ4: denser near zero.
    private static ReadOnlySpan<sbyte> NonLinear => [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

    // Twice the values of E2M1, so that they are whole.
    private static ReadOnlySpan<sbyte> DoubledE2M1 => [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12];

    /// <summary>32 values: half scale, 16 bytes of nibbles.</summary>
    public static void IQ4_NL(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (int block = 0; block < destination.Length / 32; block++)
        {
            ReadOnlySpan<byte> bytes = source.Slice(block * 18, 18);
            LookUp(NonLinear, bytes[2..], Dequantizer.HalfAt(bytes, 0), destination.Slice(block * 32, 32));
        }
    }

    /// <summary>256 values: half scale, upper scale bits (16 bits), lower scale bits[4], 128 bytes of nibbles.</summary>
    public static void IQ4_XS(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (int block = 0; block < destination.Length / 256; block++)
        {
            ReadOnlySpan<byte> bytes = source.Slice(block * 136, 136);
            float scale = Dequantizer.HalfAt(bytes, 0);
            ushort upper = BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]);
            for (int group = 0; group < 8; group++)
            {
                int low = (bytes[4 + (group / 2)] >> (group % 2 * 4)) & 0x0f;
                int high = (upper >> (group * 2)) & 3;
                float groupScale = scale * ((low | (high << 4)) - 32);
                LookUp(NonLinear, bytes.Slice(8 + (group * 16), 16), groupScale, destination.Slice((block * 256) + (group * 32), 32));
            }
        }
    }

    /// <summary>32 values: exponent e (the scale is 2^(e - 128), as the table is doubled), 16 bytes of nibbles.</summary>
    public static void MXFP4(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (int block = 0; block < destination.Length / 32; block++)
        {
            ReadOnlySpan<byte> bytes = source.Slice(block * 17, 17);
            LookUp(DoubledE2M1, bytes[1..], HalfPowerOfTwo(bytes[0]), destination.Slice(block * 32, 32));
        }
    }

    /// <summary>64 values: an unsigned E4M3 scale for each 16, then 8 bytes of nibbles for each 16.</summary>
    public static void NVFP4(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (int block = 0; block < destination.Length / 64; block++)
        {
            ReadOnlySpan<byte> bytes = source.Slice(block * 36, 36);
            for (int group = 0; group < 4; group++)
            {
                float scale = HalfUnsignedE4M3(bytes[group]);
                LookUp(DoubledE2M1, bytes.Slice(4 + (group * 8), 8), scale, destination.Slice((block * 64) + (group * 16), 16));
            }
        }
    }

    /// <summary>Low nibbles give the first half of the values, high nibbles the second.</summary>
    private static void LookUp(ReadOnlySpan<sbyte> table, ReadOnlySpan<byte> nibbles, float scale, Span<float> values)
    {
        for (int i = 0; i < nibbles.Length; i++)
        {
            values[i] = scale * table[nibbles[i] & 0x0f];
            values[i + nibbles.Length] = scale * table[nibbles[i] >> 4];
        }
    }

    /// <summary>2^(e - 128); e = 0 and 1 are subnormal singles.</summary>
    private static float HalfPowerOfTwo(byte e) => BitConverter.UInt32BitsToSingle(e < 2 ? 0x00200000u << e : (uint)(e - 1) << 23);

    // ggml takes the code for NaN as zero.
    private static float HalfUnsignedE4M3(byte code) => (code & 0x7f) == 0x7f ? 0 : 0.5f * Float8.E4M3[code & 0x7f];
}
