namespace LlmPlatform.Hub.Quantization;

/// <summary>The formats of 256 values of -1, 0 and 1 times one half scale.</summary>
internal static class TernaryBlocks
{
    private const int Values = 256;

    private static ReadOnlySpan<byte> PowersOfThree => [1, 3, 9, 27, 81];

    /// <summary>
    /// Five values in a byte, as the digits of a fraction in base three: bytes[32] give values 0-159 (32 first digits,
    /// 32 second ones ...), bytes[16] values 160-239, bytes[4] values 240-255 (four digits); then the scale.
    /// </summary>
    public static void TQ1_0(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (int block = 0; block < destination.Length / Values; block++)
        {
            ReadOnlySpan<byte> bytes = source.Slice(block * 54, 54);
            Span<float> values = destination.Slice(block * Values, Values);
            float scale = Dequantizer.HalfAt(bytes, 52);
            Digits(bytes[..32], 5, scale, values);
            Digits(bytes.Slice(32, 16), 5, scale, values[160..]);
            Digits(bytes.Slice(48, 4), 4, scale, values[240..]);
        }
    }

    /// <summary>Two bits a value, in two halves of 32 bytes; then the scale.</summary>
    public static void TQ2_0(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (int block = 0; block < destination.Length / Values; block++)
        {
            ReadOnlySpan<byte> bytes = source.Slice(block * 66, 66);
            Span<float> values = destination.Slice(block * Values, Values);
            float scale = Dequantizer.HalfAt(bytes, 64);
            for (int i = 0; i < Values; i++)
            {
                int quant = (bytes[(i / 128 * 32) + (i % 32)] >> (i % 128 / 32 * 2)) & 3;
                values[i] = (quant - 1) * scale;
            }
        }
    }

    private static void Digits(ReadOnlySpan<byte> bytes, int digits, float scale, Span<float> values)
    {
        for (int digit = 0; digit < digits; digit++)
        {
            for (int i = 0; i < bytes.Length; i++)
            {
                byte shifted = unchecked((byte)(bytes[i] * PowersOfThree[digit]));
                values[(digit * bytes.Length) + i] = (((shifted * 3) >> 8) - 1) * scale;
            }
        }
    }
}
