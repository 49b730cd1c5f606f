namespace LlmPlatform.Hub.Quantization;

/// <summary>The formats of 256 values with a scale of few bits for each 16 or 32 of them.</summary>
internal static class KBlocks
{
    private const int Values = 256;

    /// <summary>scales[16] (scale low, minimum high), quants[64] of 2 bits, half scale, half minimum scale.</summary>
    public static void Q2_K(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (int block = 0; block < destination.Length / Values; block++)
        {
            ReadOnlySpan<byte> bytes = source.Slice(block * 84, 84);
            Span<float> values = destination.Slice(block * Values, Values);
            float scale = Dequantizer.HalfAt(bytes, 80);
            float minimum = Dequantizer.HalfAt(bytes, 82);
            for (int i = 0; i < Values; i++)
            {
                // A half of 128 takes 32 bytes; each pair of bits in them is one group of 32.
                byte both = bytes[i / 16];
                int quant = (bytes[16 + (i / 128 * 32) + (i % 32)] >> (i % 128 / 32 * 2)) & 3;
                values[i] = (scale * (both & 0x0f) * quant) - (minimum * (both >> 4));
            }
        }
    }

    /// <summary>mask[32] of third bits (set: nothing is taken off), quants[64] of 2 bits, scales[12] of 6 bits, half scale.</summary>
    public static void Q3_K(ReadOnlySpan<byte> source, Span<float> destination)
    {
        Span<sbyte> scales = stackalloc sbyte[16];
        for (int block = 0; block < destination.Length / Values; block++)
        {
            ReadOnlySpan<byte> bytes = source.Slice(block * 110, 110);
            Span<float> values = destination.Slice(block * Values, Values);
            float scale = Dequantizer.HalfAt(bytes, 108);
            ReadOnlySpan<byte> packed = bytes.Slice(96, 12);
            for (int i = 0; i < 16; i++)
            {
                // Lower four bits: 8 bytes of nibbles; upper two: 4 bytes, a pair of bits for each four scales.
                int low = (packed[i % 8] >> (i / 8 * 4)) & 0x0f;
                int high = (packed[8 + (i % 4)] >> (i / 4 * 2)) & 3;
                scales[i] = (sbyte)((low | (high << 4)) - 32);
            }

            for (int i = 0; i < Values; i++)
            {
                int quant = (bytes[32 + (i / 128 * 32) + (i % 32)] >> (i % 128 / 32 * 2)) & 3;
                int taken = ((bytes[i % 32] >> (i / 32)) & 1) == 0 ? 4 : 0;
                values[i] = scale * scales[i / 16] * (quant - taken);
            }
        }
    }

    /// <summary>Half scale, half minimum scale, scales[12], quants[128] of 4 bits.</summary>
    public static void Q4_K(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (int block = 0; block < destination.Length / Values; block++)
        {
            ReadOnlySpan<byte> bytes = source.Slice(block * 144, 144);
            float scale = Dequantizer.HalfAt(bytes, 0);
            float minimum = Dequantizer.HalfAt(bytes, 2);
            for (int group = 0; group < 8; group++)
            {
                (int groupScale, int groupMinimum) = ScaleAndMinimum(bytes.Slice(4, 12), group);
                float d = scale * groupScale;
                float m = minimum * groupMinimum;
                ReadOnlySpan<byte> quants = bytes.Slice(16 + (group / 2 * 32), 32);
                Span<float> values = destination.Slice((block * Values) + (group * 32), 32);
                for (int i = 0; i < 32; i++)
                {
                    values[i] = (d * ((quants[i] >> (group % 2 * 4)) & 0x0f)) - m;
                }
            }
        }
    }

    /// <summary>Half scale, half minimum scale, scales[12], fifth bits[32] (bit g for group g), quants[128] of 4 bits.</summary>
    public static void Q5_K(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (int block = 0; block < destination.Length / Values; block++)
        {
            ReadOnlySpan<byte> bytes = source.Slice(block * 176, 176);
            float scale = Dequantizer.HalfAt(bytes, 0);
            float minimum = Dequantizer.HalfAt(bytes, 2);
            for (int group = 0; group < 8; group++)
            {
                (int groupScale, int groupMinimum) = ScaleAndMinimum(bytes.Slice(4, 12), group);
                float d = scale * groupScale;
                float m = minimum * groupMinimum;
                ReadOnlySpan<byte> fifth = bytes.Slice(16, 32);
                ReadOnlySpan<byte> quants = bytes.Slice(48 + (group / 2 * 32), 32);
                Span<float> values = destination.Slice((block * Values) + (group * 32), 32);
                for (int i = 0; i < 32; i++)
                {
                    int quant = ((quants[i] >> (group % 2 * 4)) & 0x0f) | (((fifth[i] >> group) & 1) << 4);
                    values[i] = (d * quant) - m;
                }
            }
        }
    }

    /// <summary>Lower bits[128] of 4, upper bits[64] of 2, signed scales[16], half scale; in two halves of 128.</summary>
    public static void Q6_K(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (int block = 0; block < destination.Length / Values; block++)
        {
            ReadOnlySpan<byte> bytes = source.Slice(block * 210, 210);
            Span<float> values = destination.Slice(block * Values, Values);
            float scale = Dequantizer.HalfAt(bytes, 208);
            for (int i = 0; i < Values; i++)
            {
                int half = i / 128;
                int within = i % 128;
                int low = (bytes[(half * 64) + (within % 64)] >> (within / 64 * 4)) & 0x0f;
                int high = (bytes[128 + (half * 32) + (within % 32)] >> (within / 32 * 2)) & 3;
                values[i] = scale * (sbyte)bytes[192 + (i / 16)] * ((low | (high << 4)) - 32);
            }
        }
    }

    /// <summary>
    /// 6-bit scales and minima of eight groups in 12 bytes: groups 0 to 3 in the lower six bits of bytes 0-3 and 4-7;
    /// groups 4 to 7 have four bits in bytes 8-11 and two in the upper bits of bytes 0-3 and 4-7.
    /// </summary>
    private static (int Scale, int Minimum) ScaleAndMinimum(ReadOnlySpan<byte> packed, int group) => group < 4
        ? (packed[group] & 63, packed[group + 4] & 63)
        : ((packed[group + 4] & 0x0f) | (packed[group - 4] >> 6 << 4), (packed[group + 4] >> 4) | (packed[group] >> 6 << 4));
}
